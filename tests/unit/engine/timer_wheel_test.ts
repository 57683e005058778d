import assert from "node:assert/strict";
import fc from "fast-check";
import type { Timer } from "../../../src/engine/engine.ts";
import { TimerWheel, WheelEntry } from "../../../src/engine/timer_wheel.ts";

const MAX_DELAY_MS = 2 ** 31 - 1;

Deno.test("a timer fires once, not before its delay", () => {
  const wheel = new TimerWheel(1_000.5);
  let fired = 0;
  wheel.add(5, () => fired++);
  wheel.advance(1_005.4);
  assert.equal(fired, 0);
  wheel.advance(1_006.5);
  assert.equal(fired, 1);
  wheel.advance(9_000);
  assert.equal(fired, 1);
  assert.equal(wheel.size, 0);
});

Deno.test("the wheel tells how long its owner may sleep", () => {
  const wheel = new TimerWheel(0);
  assert.equal(wheel.nextDelayMs(0), -1);
  const timer = wheel.add(7, () => {});
  assert.equal(wheel.nextDelayMs(0), 7);
  assert.equal(wheel.nextDelayMs(2.5), 5);
  assert.equal(wheel.nextDelayMs(50), 0);
  timer.cancel();
  assert.equal(wheel.nextDelayMs(0), -1);
});

Deno.test("the longest delay is reached in a handful of wake-ups", () => {
  const wheel = new TimerWheel(12_345);
  let firedAt = 0;
  let nowMs = 12_345;
  wheel.add(MAX_DELAY_MS, () => firedAt = nowMs);
  let wakeUps = 0;
  for (; firedAt === 0; wakeUps++) {
    nowMs += wheel.nextDelayMs(nowMs);
    wheel.advance(nowMs);
  }
  assert.equal(firedAt, 12_345 + MAX_DELAY_MS);
  assert.ok(wakeUps <= 5, `${wakeUps} wake-ups`);
});

Deno.test("delays beyond the range are clamped to it", () => {
  const wheel = new TimerWheel(0);
  const fired: string[] = [];
  wheel.add(-5, () => fired.push("negative"));
  wheel.add(Infinity, () => fired.push("infinite"));
  wheel.advance(1);
  assert.deepEqual(fired, ["negative"]);
  wheel.advance(MAX_DELAY_MS);
  assert.deepEqual(fired, ["negative", "infinite"]);
});

Deno.test("a callback that arms a timer of no delay does not run again in the same advance", () => {
  const wheel = new TimerWheel(0);
  let fired = 0;
  const again = (): void => {
    fired++;
    wheel.add(0, again);
  };
  wheel.add(0, again);
  wheel.advance(1_000);
  assert.equal(fired, 1);
  wheel.advance(1_001);
  assert.equal(fired, 2);
});

Deno.test("a callback may cancel others that are due in the same tick, and itself", () => {
  const wheel = new TimerWheel(0);
  const fired: number[] = [];
  const timers: Timer[] = [];
  for (let index = 0; index < 5; index++) {
    timers.push(wheel.add(10, () => {
      fired.push(index);
      for (const timer of timers) timer.cancel();
    }));
  }
  wheel.advance(20);
  assert.equal(fired.length, 1);
  assert.equal(wheel.size, 0);
});

Deno.test("a callback that throws leaves the other timers in place", () => {
  const wheel = new TimerWheel(0);
  let fired = 0;
  wheel.add(5, () => fired++);
  wheel.add(5, () => {
    throw new Error("bug of the owner");
  });
  wheel.add(500, () => fired++);
  assert.throws(() => wheel.advance(1_000), /bug of the owner/);
  wheel.advance(1_001);
  assert.equal(fired, 2);
});

Deno.test("time that stands still or goes back changes nothing", () => {
  const wheel = new TimerWheel(100);
  let fired = 0;
  wheel.add(10, () => fired++);
  wheel.advance(100);
  wheel.advance(50);
  assert.equal(fired, 0);
  wheel.advance(110);
  assert.equal(fired, 1);
});

Deno.test("clear drops all timers", () => {
  const wheel = new TimerWheel(0);
  for (const delayMs of [1, 300, 20_000, 2_000_000, MAX_DELAY_MS]) {
    wheel.add(delayMs, () => assert.fail("fired"));
  }
  wheel.clear();
  assert.equal(wheel.size, 0);
  wheel.advance(2 * MAX_DELAY_MS);
});

Deno.test("an entry of its own can be scheduled, moved, and scheduled again after it fired", () => {
  class Counter extends WheelEntry {
    fired = 0;
    override expire(): void {
      this.fired++;
    }
  }
  const wheel = new TimerWheel(0);
  const entry = new Counter();
  wheel.schedule(entry, 10);
  wheel.schedule(entry, 50);
  assert.equal(wheel.size, 1);
  wheel.advance(40);
  assert.equal(entry.fired, 0);
  wheel.advance(50);
  assert.equal(entry.fired, 1);
  wheel.schedule(entry, 5);
  wheel.advance(60);
  assert.equal(entry.fired, 2);
  entry.cancel();
  entry.cancel();
});

/** What the wheel should do, in the plainest form. */
class Model {
  readonly #pending: { dueMs: number; id: number }[] = [];

  add(id: number, dueMs: number): void {
    this.#pending.push({ id, dueMs });
    this.#pending.sort((a, b) => a.dueMs - b.dueMs);
  }

  remove(id: number): void {
    const index = this.#pending.findIndex((timer) => timer.id === id);
    if (index >= 0) this.#pending.splice(index, 1);
  }

  /** Ids that must have fired by now: a whole tick of slack is the wheel's right. */
  overdue(nowMs: number): number[] {
    return this.#pending.filter((timer) => timer.dueMs <= nowMs - 1).map((timer) => timer.id);
  }

  dueMs(id: number): number {
    return this.#pending.find((timer) => timer.id === id)?.dueMs ?? Number.NaN;
  }

  earliestMs(): number {
    return this.#pending[0]?.dueMs ?? Infinity;
  }
}

const delays = fc.oneof(
  fc.integer({ min: 0, max: 10 }),
  fc.integer({ min: 0, max: 70_000 }),
  fc.integer({ min: 0, max: MAX_DELAY_MS }),
  fc.double({ min: 0, max: 600, noNaN: true }),
);
const steps = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), delayMs: delays, nestedMs: fc.option(delays) }),
  fc.record({ kind: fc.constant("cancel" as const), index: fc.nat() }),
  fc.record({ kind: fc.constant("advance" as const), byMs: delays }),
  fc.record({ kind: fc.constant("sleep" as const) }),
);

Deno.test("any run of adds, cancels and advances does what a sorted list does", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 2 ** 33, noNaN: true }),
      fc.array(steps, { maxLength: 80 }),
      (startMs, script) => {
        const wheel = new TimerWheel(startMs);
        const model = new Model();
        const timers: Timer[] = [];
        let nowMs = startMs;
        let lastFiredMs = -Infinity;
        const arm = (delayMs: number, nestedMs: number | null): void => {
          const id = timers.length;
          model.add(id, nowMs + delayMs);
          timers.push(wheel.add(delayMs, () => {
            const dueMs = model.dueMs(id);
            assert.ok(dueMs <= nowMs, `timer ${id}, due at ${dueMs}, fired at ${nowMs}`);
            assert.ok(dueMs >= lastFiredMs - 1, "fired out of order by more than a tick");
            lastFiredMs = dueMs;
            model.remove(id);
            if (nestedMs !== null) arm(nestedMs, null);
          }));
        };
        const advance = (): void => {
          lastFiredMs = -Infinity;
          wheel.advance(nowMs);
          assert.deepEqual(model.overdue(nowMs), []);
        };
        for (const step of script) {
          if (step.kind === "add") arm(step.delayMs, step.nestedMs);
          if (step.kind === "cancel") {
            timers[step.index % Math.max(timers.length, 1)]?.cancel();
            model.remove(step.index % Math.max(timers.length, 1));
          }
          if (step.kind === "advance") {
            nowMs += step.byMs;
            advance();
          }
          if (step.kind === "sleep") {
            const delayMs = wheel.nextDelayMs(nowMs);
            assert.equal(delayMs === -1, model.earliestMs() === Infinity);
            assert.ok(nowMs + delayMs < model.earliestMs() + 2, "slept too long");
            if (delayMs === -1) continue;
            nowMs += delayMs;
            advance();
          }
        }
      },
    ),
    { numRuns: 3000 },
  );
});
