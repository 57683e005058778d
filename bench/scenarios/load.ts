import { wrk } from "../process/wrk.ts";
import type { Stage } from "../stage.ts";
import type { RunningRival, RunningScenario } from "../suite.ts";

/**
 * What the scenarios have in common in which `wrk` loads a rival with small requests.
 * @param kind whether clients' connections stay open. The closing kind comes second in its suite: most is warm by then.
 */
export function load(kind: "keep-alive" | "closing"): Omit<RunningScenario, "name" | "title"> {
  const isClosing = kind === "closing";
  const headers = isClosing ? ["Connection: close"] : [];
  return {
    metrics: [
      { name: "cpu", unit: "CPU µs each", digits: isClosing ? 1 : 2 },
      { name: "rate", unit: "1/s", digits: 0 },
    ],
    turns: (plan) => plan.loadTurns,
    async warmUp(stage, { port }): Promise<void> {
      const seconds = isClosing ? stage.plan.warmAgainS : stage.plan.warmUpS;
      if (seconds > 0) await wrk(stage, port, seconds, headers);
    },
    measure: (stage, rival) => measureLoad(stage, rival, headers, stage.plan.measureS),
  };
}

/**
 * Loads a rival for some seconds.
 * @param headers of each request.
 * @returns microseconds of processor time a request, and requests a second.
 */
export async function measureLoad(
  stage: Stage,
  { child, port }: RunningRival,
  headers: readonly string[],
  seconds: number,
): Promise<{ readonly cpu: number; readonly rate: number }> {
  const before = child.cpuSeconds();
  const report = await wrk(stage, port, seconds, headers);
  const cpuUs = (child.cpuSeconds() - before) * 1e6;
  return { cpu: cpuUs / report.requests, rate: report.requests / (report.durationUs / 1e6) };
}
