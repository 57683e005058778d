import { fileURLToPath } from "node:url";
import { sleep, systemClock } from "../../src/base/clock.ts";
import type { Child } from "../process/child.ts";
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
    const before = rival.child.memoryBytes();
    const more = await hold(stage, rival, count);
    const after = rival.child.memoryBytes();
    await Promise.all([more.stop(), base.stop()]);
    return { memory: (after - before) / count / 1000 };
  },
};

/** Opens connections that stay until the returned program is stopped. */
async function hold(stage: Stage, { port }: RunningRival, count: number): Promise<Child> {
  const client = stage.children.start({
    name: "idle client",
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", "--allow-net=127.0.0.1"],
      fileURLToPath(new URL("../clients/hold_connections.ts", import.meta.url)),
      ...[String(port), String(count)],
    ],
    core: stage.cores.load,
  });
  await client.firstLine(OPEN_TIMEOUT_MS);
  await sleep(systemClock, stage.plan.settleMs);
  return client;
}
