import assert from "node:assert/strict";
import { LoopDelay } from "../../../../../src/control/telemetry/metrics/loop_delay.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";

Deno.test("each tick is counted by how late it came, until the end", () => {
  const clock = new FakeClock();
  let lateMs = 0;
  const delay = new LoopDelay({
    now: () => clock.now() + lateMs,
    timer: (ms, callback) => clock.timer(ms, callback),
  });
  delay.start();
  clock.advance(10_000);
  lateMs = 30;
  clock.advance(1_000);
  const { buckets, sumMs } = delay.totals;
  assert.deepEqual([buckets[0], buckets[delay.boundsMs.indexOf(50)], sumMs], [10, 1, 30]);
  delay.close();
  assert.equal(clock.pendingTimers, 0);
});
