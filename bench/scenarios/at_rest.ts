import { sleep, systemClock } from "../../src/base/clock.ts";
import type { Memory } from "../process/proc.ts";
import type { RunningRival, Sample, StartScenario } from "../suite.ts";

/** From readiness to the look. */
const REST_MS = 2_000;
const MANY_APPS = 2_000;
const BYTES_A_MB = 1e6;
const BYTES_A_KB = 1e3;

/** Memory of a new process that carries nothing. */
export const atRest: StartScenario = {
  name: "at-rest",
  title: "at rest, one app",
  metrics: [
    { name: "pss", unit: "MB PSS", digits: 1 },
    { name: "rss", unit: "MB RSS", digits: 1 },
  ],
  async measureStart(_stage, start): Promise<Sample> {
    return megabytes(await rest(await start()));
  },
};

/** The same with many apps, and what of it is one app's part. */
export const atRestWithApps: StartScenario = {
  name: "at-rest-apps",
  title: `at rest, ${MANY_APPS} apps`,
  metrics: [...atRest.metrics, { name: "app", unit: "KB PSS an app", digits: 2 }],
  async measureStart(_stage, start): Promise<Sample> {
    const one = await rest(await start());
    const many = await rest(await start(MANY_APPS));
    return {
      ...megabytes(many),
      app: (many.pssBytes - one.pssBytes) / (MANY_APPS - 1) / BYTES_A_KB,
    };
  },
};

function megabytes({ pssBytes, rssBytes }: Memory): Record<"pss" | "rss", number> {
  return { pss: pssBytes / BYTES_A_MB, rss: rssBytes / BYTES_A_MB };
}

async function rest({ child }: RunningRival): Promise<Memory> {
  await sleep(systemClock, REST_MS);
  const memory = child.memory();
  // Pages that two processes share would count half for each.
  await child.stop();
  return memory;
}
