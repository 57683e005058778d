import assert from "node:assert/strict";
import { PING_INTERVAL_MS } from "../../../../src/base/limits.ts";
import type { ConfigInput } from "../../../../src/model/config.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LocalDaemon } from "../../../kit/local_daemon.ts";
import { within } from "../../../kit/within.ts";

function config(drainTimeout: string): ConfigInput {
  const apps = [{
    name: "web",
    ports: ["127.0.0.1:0"],
    targets: ["127.0.0.1:1"],
    drain_timeout: drainTimeout,
  }];
  return { engine: "deno", workers: 1, apps };
}

/** Moves time on by so many pings, each of which is answered. */
async function pass(local: LocalDaemon, clock: FakeClock, pings: number): Promise<void> {
  for (let i = 0; i < pings; i++) {
    clock.advance(PING_INTERVAL_MS);
    await eventually("the answer", () => local.status.threads[0]?.unanswered_pings === 0);
  }
}

Deno.test("a drain gives up on a thread that does not end, once all sessions must have ended", async () => {
  const clock = new FakeClock();
  await using local = await LocalDaemon.start(config("60s"), clock, "./hanging_worker.ts");
  // Sessions of the first config keep the drain_timeout that they started with.
  await local.daemon.apply(parseConfig(config("5s")));
  // From here on nothing but the next ping is due.
  await pass(local, clock, 2);
  assert.equal(clock.pendingTimers, 1);
  let isRejected = false;
  const stopping = assert.rejects(local.daemon.stop(), { code: "threads_hang" });
  stopping.then(() => isRejected = true, () => {});
  await eventually("the drain to begin", () => clock.pendingTimers === 2);
  // The longest drain_timeout and the grace are 70 s.
  await pass(local, clock, 65_000 / PING_INTERVAL_MS);
  assert.equal(isRejected, false);
  clock.advance(PING_INTERVAL_MS);
  await within("the end of the drain", stopping);
});
