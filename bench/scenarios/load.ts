import { wrk } from "../process/wrk.ts";
import type { Stage } from "../stage.ts";
import type { RunningRival, Sample, Scenario } from "../suite.ts";

/** What all scenarios have in common in which `wrk` loads a rival with small requests. */
export function load(
  headers: readonly string[],
  warmUpS: (plan: Stage["plan"]) => number,
): Pick<Scenario, "turns" | "warmUp" | "measure"> {
  return {
    turns: (plan) => plan.loadTurns,
    async warmUp(stage, { port }): Promise<void> {
      const seconds = warmUpS(stage.plan);
      if (seconds > 0) await wrk(stage, port, seconds, headers);
    },
    measure: (stage, rival) => measureLoad(stage, rival, headers),
  };
}

/** @returns microseconds of processor time a request, and their rate. */
async function measureLoad(
  stage: Stage,
  { child, port }: RunningRival,
  headers: readonly string[],
): Promise<Sample> {
  const before = child.cpuSeconds();
  const report = await wrk(stage, port, stage.plan.measureS, headers);
  const cpuUs = (child.cpuSeconds() - before) * 1e6;
  return { cpu: cpuUs / report.requests, rate: report.requests / (report.durationUs / 1e6) };
}
