import { errorMessage } from "../src/base/errors.ts";
import { CoreWatch } from "./process/core_watch.ts";
import type { Measurement } from "./results.ts";
import type { Stage } from "./stage.ts";
import { Unavailable } from "./suite.ts";
import type { Rival, Sample, Scenario, Suite } from "./suite.ts";
import { end, freeze, measureNew, measureRunning } from "./running.ts";
import type { Started } from "./running.ts";
import { medians, rotate, turns } from "./turns.ts";

/** What is measured of a suite, and how often. */
export interface RunOptions {
  readonly rounds: number;
  /** Rivals to take; empty takes all. */
  readonly only: readonly string[];
  /** Scenarios to take; empty takes all. */
  readonly scenarios: readonly string[];
  /** Told what happens, a line at a time. */
  progress(line: string): void;
}

/** What came of it. */
export interface RunResult {
  readonly measurements: readonly Measurement[];
  /** Why rivals could not be measured, by name, or by name and scenario: "epoll for warm-up". */
  readonly unavailable: Readonly<Record<string, string>>;
  /** What went wrong in single measurements. */
  readonly failures: readonly string[];
  /** Share of its time, 0 to 1, that the proxy's processor worked for others while it was measured. */
  readonly disturbance: number;
}

/**
 * Measures a suite. In each round all rivals are started anew; each scenario then goes through them one right after the
 * other, those that wait being frozen, so that the figures which are compared are a few seconds apart; some scenarios do so in
 * several turns. Each round begins with another rival, and so does each turn. Scenarios of a start have processes of their own.
 */
export async function runSuite(stage: Stage, suite: Suite, options: RunOptions): Promise<RunResult> {
  const run = new SuiteRun(stage, suite, options);
  for (let round = 1; round <= options.rounds; round++) await run.round(round);
  return run.result;
}

class SuiteRun {
  readonly #scenarios: readonly Scenario[];
  readonly #rivals: readonly Rival[];
  readonly #measurements: Measurement[] = [];
  readonly #unavailable: Record<string, string> = {};
  readonly #failures: string[] = [];
  readonly #watch: CoreWatch;

  constructor(
    private readonly stage: Stage,
    private readonly suite: Suite,
    private readonly options: RunOptions,
  ) {
    this.#rivals = suite.rivals.filter((rival) => isChosen(rival.name, options.only));
    this.#scenarios = suite.scenarios.filter((scenario) => isChosen(scenario.name, options.scenarios));
    this.#watch = new CoreWatch(stage.cores.proxy);
  }

  get result(): RunResult {
    return {
      measurements: this.#measurements,
      unavailable: this.#unavailable,
      failures: this.#failures,
      disturbance: this.#watch.disturbance,
    };
  }

  async round(round: number): Promise<void> {
    const rivals = rotate(this.#rivals, round - 1);
    const needsRunning = this.#scenarios.some((scenario) => "measure" in scenario);
    const started = needsRunning ? await this.#startAll(rivals) : [];
    for (const scenario of this.#scenarios) {
      if ("measure" in scenario) {
        await this.#turns(round, scenario, started, (one, isFirst) => {
          const measure = (): Promise<Sample> => measureRunning(this.stage, scenario, one, isFirst);
          return this.#watch.during(one.child, measure);
        });
      } else {
        const ones = rivals.map((rival) => ({ rival }));
        await this.#turns(round, scenario, ones, ({ rival }) => measureNew(this.stage, scenario, rival));
      }
    }
    await Promise.all(started.map(end));
  }

  /** Starts those that can be, and freezes each. */
  async #startAll(rivals: readonly Rival[]): Promise<Started[]> {
    const started: Started[] = [];
    for (const rival of rivals.filter((one) => this.#isAvailable(one))) {
      try {
        const running = await rival.start(this.stage);
        freeze(running);
        started.push({ rival, ...running });
      } catch (error) {
        if (!(error instanceof Unavailable) || this.stage.children.isClosed) throw error;
        this.#setUnavailable(rival.name, error);
      }
    }
    return started;
  }

  /** All turns of a scenario. A rival that fails one is measured in the others. */
  async #turns<T extends { readonly rival: Rival }>(
    round: number,
    scenario: Scenario,
    ones: readonly T[],
    measure: (one: T, isFirst: boolean) => Promise<Sample>,
  ): Promise<void> {
    for (const { one, samples, isFirst, isLast } of turns(scenario.turns?.(this.stage.plan) ?? 1, ones)) {
      if (!this.#isAvailable(one.rival, scenario)) continue;
      const label = `round ${round}: ${scenario.title}: ${one.rival.name}`;
      try {
        samples.push(await measure(one, isFirst));
        if (!isLast) continue;
        const sample = medians(scenario, samples);
        const where = { suite: this.suite.name, scenario: scenario.name, rival: one.rival.name, round };
        this.#measurements.push({ ...where, sample });
        this.options.progress(`${label}: ${describe(scenario, sample)}`);
      } catch (error) {
        if (this.stage.children.isClosed) throw error;
        if (error instanceof Unavailable) {
          this.#setUnavailable(`${one.rival.name} for ${scenario.name}`, error);
          continue;
        }
        this.#failures.push(`${label}: ${errorMessage(error)}`);
        this.options.progress(`${label}: FAILED: ${errorMessage(error)}`);
      }
    }
  }

  /** @param scenario one that starts it by itself, and may want more of it than others do. */
  #isAvailable(rival: Rival, scenario?: Scenario): boolean {
    return ![rival.name, `${rival.name} for ${scenario?.name}`].some((name) => name in this.#unavailable);
  }

  /** @param name of a rival, or of one in one scenario. */
  #setUnavailable(name: string, { message }: Unavailable): void {
    this.#unavailable[name] = message;
    this.options.progress(`${name} is unavailable: ${message}`);
  }
}

function describe(scenario: Scenario, sample: Sample): string {
  const figures = scenario.metrics.map(({ name, unit, digits }) =>
    `${(sample[name] ?? NaN).toFixed(digits)} ${unit}`
  );
  return figures.join(", ");
}

function isChosen(name: string, chosen: readonly string[]): boolean {
  return chosen.length === 0 || chosen.includes(name);
}
