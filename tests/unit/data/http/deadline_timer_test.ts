import assert from "node:assert/strict";
import { DeadlineTimer } from "../../../../src/data/http/deadline_timer.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { FakeEngine } from "../../../kit/fake_engine.ts";

function setup(): { readonly clock: FakeClock; readonly timer: DeadlineTimer; readonly fired: number[] } {
  const clock = new FakeClock();
  const fired: number[] = [];
  const timer = new DeadlineTimer(new FakeEngine(clock), () => fired.push(clock.now()));
  return { clock, timer, fired };
}

Deno.test("a deadline timer fires at the nearest deadline, and may be made to reach the next", () => {
  const { clock, timer, fired } = setup();
  const start = clock.now();
  timer.reach(start + 300);
  timer.reach(start + 100);
  timer.reach(start + 200);
  clock.advance(1_000);
  assert.deepEqual(fired, [start + 100]);
  timer.reach(clock.now() - 5);
  clock.advance(0);
  assert.equal(fired.length, 2);
});

Deno.test("a deadline timer that was stopped fires for nobody who still has a deadline", () => {
  const { clock, timer, fired } = setup();
  timer.reach(clock.now() + 100);
  timer.stop();
  timer.reach(clock.now() + 50);
  timer.reach(clock.now() - 50);
  clock.advance(1_000);
  assert.deepEqual(fired, []);
});
