import { wrk } from "../process/wrk.ts";
import type { Stage } from "../stage.ts";
import type { RunningRival, Sample } from "../suite.ts";

/** Loads a rival with small requests, first to warm it up. @returns microseconds of processor time a request, and their rate. */
export async function measureLoad(
  stage: Stage,
  { child, port }: RunningRival,
  headers: readonly string[],
  warmUpS: number,
): Promise<Sample> {
  const { measureS } = stage.plan;
  if (warmUpS > 0) await wrk(stage, port, warmUpS, headers);
  const before = child.cpuSeconds();
  const report = await wrk(stage, port, measureS, headers);
  const cpuUs = (child.cpuSeconds() - before) * 1e6;
  return { cpu: cpuUs / report.requests, rate: report.requests / (report.durationUs / 1e6) };
}
