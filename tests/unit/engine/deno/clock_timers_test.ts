import assert from "node:assert/strict";
import { ClockTimers } from "../../../../src/engine/deno/clock_timers.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

Deno.test("timers fire in order, not early, and a few milliseconds late at most", () => {
  const clock = new FakeClock();
  const timers = new ClockTimers(clock);
  const fired: [number, number][] = [];
  clock.advance(12_345.6);
  for (const delayMs of [700, 5, 0, 90_000, 1_500, 5]) {
    timers.add(delayMs, () => fired.push([delayMs, clock.now() - 12_345.6]));
  }
  clock.advance(100_000);
  assert.deepEqual(fired.map(([delayMs]) => delayMs), [0, 5, 5, 700, 1_500, 90_000]);
  for (const [delayMs, afterMs] of fired) {
    assert.ok(afterMs >= delayMs && afterMs <= delayMs + 5, `${delayMs} fired after ${afterMs}`);
  }
});

Deno.test("a delay counts from now, however long nothing happened", () => {
  const clock = new FakeClock();
  const timers = new ClockTimers(clock);
  let firedAt = 0;
  timers.add(10_000, () => {});
  clock.advance(400);
  timers.add(100, () => firedAt = clock.now());
  clock.advance(200);
  assert.ok(firedAt >= 500 && firedAt <= 505, `fired at ${firedAt}`);
});

Deno.test("one timer of the clock serves all, and none is left once there are none", () => {
  const clock = new FakeClock();
  const timers = new ClockTimers(clock);
  assert.equal(clock.pendingTimers, 0);
  const pending = Array.from({ length: 1_000 }, (_, index) => timers.add(5_000 + index, () => {}));
  assert.equal(clock.pendingTimers, 1);
  for (const timer of pending) timer.cancel();
  clock.advance(1_000);
  assert.equal(clock.pendingTimers, 0);
  timers.add(50, () => {});
  clock.advance(60);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("what a callback starts fires too; what it cancels does not", () => {
  const clock = new FakeClock();
  const timers = new ClockTimers(clock);
  const fired: string[] = [];
  const victim = timers.add(20, () => fired.push("victim"));
  timers.add(10, () => {
    victim.cancel();
    timers.add(10, () => fired.push("nested"));
  });
  clock.advance(100);
  assert.deepEqual(fired, ["nested"]);
});

Deno.test("clearing drops all", () => {
  const clock = new FakeClock();
  const timers = new ClockTimers(clock);
  timers.add(10, () => assert.fail("fired"));
  timers.clear();
  assert.equal(clock.pendingTimers, 0);
  clock.advance(100);
  let again = 0;
  timers.add(10, () => again++);
  clock.advance(20);
  assert.equal(again, 1);
});
