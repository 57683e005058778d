import assert from "node:assert/strict";
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

Deno.test("a drain gives up on a thread that hangs, once all sessions must have ended", async () => {
  const clock = new FakeClock();
  await using local = await LocalDaemon.start(config("60s"), clock, "./hanging_worker.ts");
  // Sessions of the first config keep the drain_timeout that they started with.
  await local.daemon.apply(parseConfig(config("5s")));
  // Nothing else is due any more.
  clock.advance(60_000);
  assert.equal(clock.pendingTimers, 0);
  const stopping = assert.rejects(local.daemon.stop(), { code: "threads_hang" });
  await eventually("the drain to begin", () => clock.pendingTimers === 1);
  clock.advance(69_000);
  assert.equal(clock.pendingTimers, 1);
  clock.advance(2_000);
  await within("the end of the drain", stopping);
});
