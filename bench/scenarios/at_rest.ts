import { sleep, systemClock } from "../../src/base/clock.ts";
import type { Memory } from "../process/proc.ts";
import type { RunningRival, Sample, StartScenario } from "../suite.ts";

/** From readiness to the look. */
const REST_MS = 2_000;
const MANY_APPS = 2_000;
const BYTES_A_MB = 1e6;
const BYTES_A_KB = 1e3;

/** Memory of a new process that carries nothing, with one app and with many. */
export const atRest: StartScenario = {
  name: "at-rest",
  title: "at rest, without traffic",
  metrics: [
    { name: "pss", unit: "MB PSS, 1 app", digits: 1 },
    { name: "rss", unit: "MB RSS, 1 app", digits: 1 },
    { name: "pssMany", unit: `MB PSS, ${MANY_APPS} apps`, digits: 1 },
    { name: "rssMany", unit: `MB RSS, ${MANY_APPS} apps`, digits: 1 },
    { name: "app", unit: "KB PSS an app", digits: 2 },
  ],
  async measureStart(_stage, start): Promise<Sample> {
    const one = await rest(await start());
    const many = await rest(await start(MANY_APPS));
    return {
      pss: one.pssBytes / BYTES_A_MB,
      rss: one.rssBytes / BYTES_A_MB,
      pssMany: many.pssBytes / BYTES_A_MB,
      rssMany: many.rssBytes / BYTES_A_MB,
      app: (many.pssBytes - one.pssBytes) / (MANY_APPS - 1) / BYTES_A_KB,
    };
  },
};

async function rest({ child }: RunningRival): Promise<Memory> {
  await sleep(systemClock, REST_MS);
  const memory = child.memory();
  // Pages that two processes share would count half for each.
  await child.stop();
  return memory;
}
