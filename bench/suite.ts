import type { Child } from "./process/child.ts";
import type { Plan, Stage } from "./stage.ts";

/** Rivals that are measured by the same scenarios. */
export interface Suite {
  readonly name: string;
  /** Name of the rival that the others are compared with, unless they name another one. */
  readonly reference: string;
  /** Names of rivals that those are compared with as well, such as one with a log; none unless given. */
  readonly furtherReferences?: readonly string[];
  readonly rivals: readonly Rival[];
  readonly scenarios: readonly Scenario[];
}

/** One proxy in one configuration. */
export interface Rival {
  /** Unique in its suite: what `--only` takes. */
  readonly name: string;
  /** Name of the only rival that it is compared with, where that is not the suite's reference. */
  readonly reference?: string;
  /**
   * Starts it in front of the stage's backend, on the proxy core.
   * @param apps how many apps it has, each on a listen address of its own; 1 unless given.
   * @throws {Unavailable} when this machine or this version of the program cannot run it.
   */
  start(stage: Stage, apps?: number): Promise<RunningRival>;
}

/** A rival that takes connections. */
export interface RunningRival {
  readonly child: Child;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Programs that belong to it, such as who reads its log; none unless given. */
  readonly companions?: readonly Child[];
}

/** A rival cannot be measured here; the message says why. The others go on. */
export class Unavailable extends Error {
  override name = "Unavailable";
}

/** What is measured: of a proxy that runs, or of its start. */
export type Scenario = RunningScenario | StartScenario;

/** What all scenarios have. */
interface ScenarioFacts {
  /** Unique in its suite: what `--scenarios` takes. Other suites may have the like under the same name. */
  readonly name: string;
  /** What it does, for the table. */
  readonly title: string;
  /** What it yields, in the order of the table. */
  readonly metrics: readonly Metric[];
  /**
   * In how many turns a round is measured, for figures that drift within seconds; 1 where it is left out. The sample of
   * a round is then the median of its turns.
   */
  turns?(plan: Plan): number;
}

/** A load on proxies that run since the beginning of the round. */
export interface RunningScenario extends ScenarioFacts {
  /** What comes before a rival's first turn of a round. */
  warmUp?(stage: Stage, rival: RunningRival): Promise<void>;
  /** Measures one rival in one turn. @returns a figure for each metric, by name. */
  measure(stage: Stage, rival: RunningRival): Promise<Sample>;
}

/** What a proxy does when it is new. */
export interface StartScenario extends ScenarioFacts {
  /**
   * Measures one rival in one turn.
   * @param start starts it anew, with so many apps; what was started is ended after the turn.
   * @returns a figure for each metric, by name.
   */
  measureStart(stage: Stage, start: (apps?: number) => Promise<RunningRival>): Promise<Sample>;
}

/** One figure of a scenario. */
export interface Metric {
  /** Unique in its scenario. */
  readonly name: string;
  readonly unit: string;
  /** Decimals shown. */
  readonly digits: number;
}

/** Figures by the name of their metric. */
export type Sample = Readonly<Record<string, number>>;
