import type { Stage } from "./stage.ts";
import type { Rival, RunningRival, RunningScenario, Sample, StartScenario } from "./suite.ts";

/** A rival that was started, stopped in its tracks while it is not its turn. */
export interface Started extends RunningRival {
  readonly rival: Rival;
}

/** Measures one that waits for its turn. @throws {Error} when it, or what belongs to it, has ended. */
export async function measureRunning(
  stage: Stage,
  scenario: RunningScenario,
  one: Started,
  isFirst: boolean,
): Promise<Sample> {
  checkRuns(one);
  thaw(one);
  try {
    if (isFirst) await scenario.warmUp?.(stage, one);
    return await scenario.measure(stage, one);
  } finally {
    freeze(one);
  }
}

/** Measures one that is started for it, and ends it. */
export async function measureNew(stage: Stage, scenario: StartScenario, rival: Rival): Promise<Sample> {
  const started: RunningRival[] = [];
  try {
    return await scenario.measureStart(stage, async (apps) => {
      const running = await rival.start(stage, apps);
      started.push(running);
      return running;
    });
  } finally {
    await Promise.all(started.map(end));
  }
}

/** Stops the clock for a rival and what belongs to it. */
export function freeze(running: RunningRival): void {
  for (const child of programs(running)) child.freeze();
}

/** Ends a rival and what belongs to it. */
export async function end(running: RunningRival): Promise<void> {
  await Promise.all(programs(running).map((child) => child.stop()));
}

function thaw(running: RunningRival): void {
  for (const child of programs(running)) child.thaw();
}

function checkRuns(running: RunningRival): void {
  const gone = programs(running).find((child) => child.hasEnded);
  if (gone !== undefined) throw new Error(`${gone.name} is gone: ${gone.errors}`);
}

function programs({ child, companions = [] }: RunningRival): RunningRival["child"][] {
  return [child, ...companions];
}
