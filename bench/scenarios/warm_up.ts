import { wrk } from "../process/wrk.ts";
import type { Stage } from "../stage.ts";
import type { RunningRival, Sample, StartScenario } from "../suite.ts";
import { measureLoad } from "./load.ts";

const CLOSING = ["Connection: close"];
/** Long enough for just-in-time code to settle, also in a quick run; seconds. */
const SETTLE_S = 4;

/**
 * What a connection costs in the first and in the second second of a new process, under load from its start on, and how many
 * times that is what it costs the same process later. After an upgrade or a crash all clients come back at once.
 */
export const warmUp: StartScenario = {
  name: "warm-up",
  title: "warm-up, new connections",
  metrics: [
    { name: "first", unit: "CPU µs, second 1", digits: 1 },
    { name: "second", unit: "CPU µs, second 2", digits: 1 },
    { name: "firstRatio", unit: "second 1 / later", digits: 2 },
    { name: "secondRatio", unit: "second 2 / later", digits: 2 },
  ],
  async measureStart(stage, start): Promise<Sample> {
    const rival = await start();
    const first = await cpuUs(stage, rival, 1);
    const second = await cpuUs(stage, rival, 1);
    await wrk(stage, rival.port, SETTLE_S, CLOSING);
    const later = await cpuUs(stage, rival, stage.plan.measureS);
    return { first, second, firstRatio: first / later, secondRatio: second / later };
  },
};

async function cpuUs(stage: Stage, rival: RunningRival, seconds: number): Promise<number> {
  return (await measureLoad(stage, rival, CLOSING, seconds)).cpu;
}
