import assert from "node:assert/strict";
import { sleep, systemClock } from "../../../src/base/clock.ts";
import { FakeClock } from "../../kit/fake_clock.ts";

Deno.test("sleep ends on its clock", async () => {
  const clock = new FakeClock();
  let over = false;
  const sleeping = sleep(clock, 1_000).then(() => over = true);
  clock.advance(999);
  await Promise.resolve();
  assert.equal(over, false);
  clock.advance(1);
  await sleeping;
});

Deno.test("the machine's clock calls back after the delay, and not once it is cancelled", async () => {
  let called = false;
  const cancel = systemClock.timer(5, () => called = true);
  const before = systemClock.now();
  cancel();
  cancel();
  await sleep(systemClock, 20);
  assert.equal(called, false);
  assert.ok(systemClock.now() - before >= 19);
  assert.ok(Math.abs(systemClock.wallTime() - Date.now()) < 1_000);
});
