import { errorMessage } from "../src/base/errors.ts";
import { CoreWatch } from "./process/core_watch.ts";
import type { Measurement } from "./results.ts";
import type { Stage } from "./stage.ts";
import { Unavailable } from "./suite.ts";
import type { Rival, RunningRival, Sample, Scenario, Suite } from "./suite.ts";
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
  /** Why rivals could not be measured, by name. */
  readonly unavailable: Readonly<Record<string, string>>;
  /** What went wrong in single measurements. */
  readonly failures: readonly string[];
  /** Share of its time, 0 to 1, that the proxy's processor worked for others while it was measured. */
  readonly disturbance: number;
}

/** A rival that was started, stopped in its tracks while it is not its turn. */
interface Started extends RunningRival {
  readonly rival: Rival;
}

/**
 * Measures a suite. In each round all rivals are started anew; each scenario then goes through them one right after the
 * other, those that wait being frozen, so that the figures which are compared are a few seconds apart; some scenarios do so in
 * several turns. Each round begins with another rival, and so does each turn.
 */
export async function runSuite(stage: Stage, suite: Suite, options: RunOptions): Promise<RunResult> {
  const chosen = suite.rivals.filter((rival) => isChosen(rival.name, options.only));
  const scenarios = suite.scenarios.filter((scenario) => isChosen(scenario.name, options.scenarios));
  const measurements: Measurement[] = [];
  const unavailable: Record<string, string> = {};
  const failures: string[] = [];
  const watch = new CoreWatch(stage.cores.proxy);
  for (let round = 1; round <= options.rounds; round++) {
    const rivals = chosen.filter((rival) => !(rival.name in unavailable));
    const started = await startAll(stage, rotate(rivals, round - 1), unavailable, options);
    for (const scenario of scenarios) {
      for (const { one, samples, isFirst, isLast } of turns(scenario.turns?.(stage.plan) ?? 1, started)) {
        const where = { suite: suite.name, scenario: scenario.name, rival: one.rival.name, round };
        const label = `round ${round}: ${scenario.title}: ${one.rival.name}`;
        try {
          samples.push(await watch.during(one.child, () => measureOne(stage, scenario, one, isFirst)));
          if (!isLast) continue;
          const sample = medians(scenario, samples);
          measurements.push({ ...where, sample });
          options.progress(`${label}: ${describe(scenario, sample)}`);
        } catch (error) {
          if (stage.children.isClosed) throw error;
          failures.push(`${label}: ${errorMessage(error)}`);
          options.progress(`${label}: FAILED: ${errorMessage(error)}`);
        }
      }
    }
    await Promise.all(started.map((one) => one.child.stop()));
  }
  return { measurements, unavailable, failures, disturbance: watch.disturbance };
}

async function startAll(
  stage: Stage,
  rivals: readonly Rival[],
  unavailable: Record<string, string>,
  options: RunOptions,
): Promise<Started[]> {
  const started: Started[] = [];
  for (const rival of rivals) {
    try {
      const running = await rival.start(stage);
      running.child.freeze();
      started.push({ rival, ...running });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      unavailable[rival.name] = error.message;
      options.progress(`${rival.name} is unavailable: ${error.message}`);
    }
  }
  return started;
}

async function measureOne(
  stage: Stage,
  scenario: Scenario,
  one: Started,
  isFirst: boolean,
): Promise<Sample> {
  if (one.child.hasEnded) throw new Error(`${one.rival.name} is gone: ${one.child.errors}`);
  one.child.thaw();
  try {
    if (isFirst) await scenario.warmUp?.(stage, one);
    return await scenario.measure(stage, one);
  } finally {
    one.child.freeze();
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
