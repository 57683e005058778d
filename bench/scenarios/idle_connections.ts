import { sleep, systemClock } from "../../src/base/clock.ts";
import type { Child } from "../process/child.ts";
import { client } from "../process/client.ts";
import type { Stage } from "../stage.ts";
import type { RunningRival, Sample, Scenario } from "../suite.ts";

/** Open before the first look, so that pools and just-in-time code are not counted as cost of a connection. */
const BASE_CONNECTIONS = 500;
const OPEN_TIMEOUT_MS = 60_000;

/** Connections that carried one small request and then say nothing. */
export const idleConnections: Scenario = {
  name: "idle",
  title: "idle connections",
  metrics: [{ name: "memory", unit: "KB each", digits: 2 }],
  async measure(stage, rival): Promise<Sample> {
    const count = stage.plan.idleConnections;
    const base = await hold(stage, rival, BASE_CONNECTIONS);
    const before = rival.child.memory().pssBytes;
    const more = await hold(stage, rival, count);
    const after = rival.child.memory().pssBytes;
    await Promise.all([more.stop(), base.stop()]);
    return { memory: (after - before) / count / 1000 };
  },
};

/** Opens connections that stay until the returned program is stopped. */
async function hold(stage: Stage, { port }: RunningRival, count: number): Promise<Child> {
  const holder = stage.children.start(
    client(stage, { name: "idle client", file: "hold_connections.ts", args: [port, count] }),
  );
  await holder.firstLine(OPEN_TIMEOUT_MS);
  await sleep(systemClock, stage.plan.settleMs);
  return holder;
}
