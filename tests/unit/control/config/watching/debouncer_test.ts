import assert from "node:assert/strict";
import { Debouncer } from "../../../../../src/control/config/watching/debouncer.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";

function setUp(): { clock: FakeClock; debouncer: Debouncer; calls: number[] } {
  const clock = new FakeClock();
  const calls: number[] = [];
  const debouncer = new Debouncer(
    clock,
    { quietMs: 50, maxDelayMs: 500 },
    () => void calls.push(clock.now()),
  );
  return { clock, debouncer, calls };
}

Deno.test("a burst becomes one callback, after it ended", () => {
  const { clock, debouncer, calls } = setUp();
  for (let i = 0; i < 10; i++) {
    debouncer.trigger();
    clock.advance(10);
  }
  clock.advance(1000);
  assert.deepEqual(calls, [140]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("constant triggers cannot starve the callback", () => {
  const { clock, debouncer, calls } = setUp();
  for (let i = 0; i < 150; i++) {
    debouncer.trigger();
    clock.advance(10);
  }
  clock.advance(1000);
  assert.deepEqual(calls, [500, 1000, 1500]);
});

Deno.test("a cancelled burst calls nothing back, the next one does", () => {
  const { clock, debouncer, calls } = setUp();
  debouncer.trigger();
  debouncer.cancel();
  clock.advance(1000);
  assert.deepEqual(calls, []);
  debouncer.trigger();
  clock.advance(1000);
  assert.deepEqual(calls, [1050]);
});
