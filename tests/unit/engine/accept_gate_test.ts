import assert from "node:assert/strict";
import fc from "fast-check";
import type { NetErrorCode } from "../../../src/base/errors.ts";
import { AcceptGate } from "../../../src/engine/accept_gate.ts";
import { FakeClock } from "../../kit/fake_clock.ts";

/** Threads with listeners whose accept fails or works as the test says, all with clients waiting. */
class Process {
  readonly clock: FakeClock;
  /** What accept fails with; null works. */
  failure: NetErrorCode | null = "exhausted";
  readonly failures: number[] = [];
  readonly successes: number[] = [];
  readonly gates: AcceptGate[];
  timersMade = 0;
  readonly words = new Int32Array(4);

  constructor(threads: number, wallTime?: number) {
    this.clock = new FakeClock(wallTime);
    this.gates = Array.from({ length: threads }, () =>
      new AcceptGate({
        words: this.words,
        index: 2,
        clock: this.clock,
        timer: (delayMs, callback) => {
          this.timersMade++;
          return { cancel: this.clock.timer(delayMs, callback) };
        },
      }));
  }

  accept(thread: number): void {
    const gate = this.gates[thread]!;
    const retry = (): void => {
      // A gate that says "at once" for ever would hang the test instead of failing it.
      for (let turn = 0; turn < 1_000; turn++) {
        if (this.failure === null) {
          this.successes.push(this.clock.now());
          return gate.succeeded();
        }
        this.failures.push(this.clock.now());
        if (!gate.failed(this.failure, retry)) return;
      }
    };
    retry();
  }

  /** Moves time on in steps, as real timers would fire: one late millisecond each. */
  run(ms: number): void {
    this.clock.advance(ms);
  }

  worstSecond(): number {
    return Math.max(
      ...this.failures.map((from) => this.failures.filter((at) => at >= from && at < from + 1_000).length),
    );
  }
}

Deno.test("one thread out of descriptors fails at most ten times a second, and goes on trying", () => {
  const process = new Process(1);
  process.accept(0);
  process.run(10_000);
  assert.ok(process.worstSecond() <= 10, `${process.worstSecond()} failures in one second`);
  assert.ok(process.failures.length >= 95, `only ${process.failures.length} tries in 10 s`);
});

Deno.test("many threads with many listeners share one budget", () => {
  const process = new Process(4);
  for (let listener = 0; listener < 3; listener++) {
    for (let thread = 0; thread < 4; thread++) process.accept(thread);
  }
  process.run(20_000);
  // The first failure of each listener cannot be prevented; it is paid for afterwards.
  assert.ok(process.failures.length <= 201, `${process.failures.length} failures in 20 s`);
  process.failures.splice(0, 12);
  assert.ok(process.worstSecond() <= 10, `${process.worstSecond()} failures in one second`);
});

Deno.test("accepting recovers within 100 ms, on all threads within 50 ms more", () => {
  for (let wait = 5_000; wait < 5_100; wait += 7) {
    const process = new Process(3);
    for (let thread = 0; thread < 3; thread++) process.accept(thread);
    process.run(wait);
    process.failure = null;
    const freeAt = process.clock.now();
    process.run(200);
    const delays = process.successes.map((at) => at - freeAt);
    assert.equal(delays.length, 3);
    assert.ok(delays[0]! <= 100, `first after ${delays[0]} ms`);
    assert.ok(Math.max(...delays) <= 151, `last after ${Math.max(...delays)} ms`);
  }
});

Deno.test("many waiting listeners of one thread all go on soon after one succeeded", () => {
  const process = new Process(1);
  for (let listener = 0; listener < 50; listener++) process.accept(0);
  process.run(5_000);
  process.failure = null;
  process.run(500);
  assert.equal(process.successes.length, 50);
});

Deno.test("descriptors that come and go one at a time keep to the budget", () => {
  const process = new Process(2);
  process.accept(0);
  process.accept(1);
  let seen = 0;
  for (let step = 0; step < 10_000; step++) {
    // One descriptor becomes free every 30 ms; who gets it accepts the next client, and fails.
    if (step % 30 === 0) process.failure = null;
    process.run(1);
    for (; seen < process.successes.length; seen++) {
      process.failure = "exhausted";
      process.accept(seen % 2);
    }
  }
  assert.ok(process.failures.length <= 103, `${process.failures.length} failures in 10 s`);
  assert.ok(process.successes.length >= 40, `only ${process.successes.length} accepted in 10 s`);
});

Deno.test("aborted connections: five retries at once, then at most ten in the first second", () => {
  const process = new Process(1);
  process.failure = "aborted";
  process.accept(0);
  assert.ok(
    process.failures.length >= 5 && process.failures.length <= 6,
    `${process.failures.length} at once`,
  );
  process.run(10_000);
  assert.ok(process.worstSecond() <= 10, `${process.worstSecond()} failures in one second`);
  assert.ok(process.failures.length >= 50, `only ${process.failures.length} tries in 10 s`);
});

Deno.test("aborted connections do not hold up other threads", () => {
  const process = new Process(2);
  process.failure = "aborted";
  assert.equal(process.gates[0]!.failed("aborted", () => {}), true);
  process.failure = null;
  process.accept(1);
  assert.deepEqual(process.successes, [0]);
  assert.equal(process.clock.pendingTimers, 0);
});

Deno.test("a thread is woken by the success of another one", () => {
  const process = new Process(2);
  process.accept(0);
  process.run(1_005);
  process.failure = null;
  const before = process.clock.now();
  process.accept(1);
  process.run(101);
  assert.equal(process.successes.length, 2);
  assert.ok(process.successes[1]! - before <= 100);
});

Deno.test("a thread that is gone when its turn comes is replaced by another one", () => {
  // Whichever of the two has the turn then.
  for (const gone of [0, 1]) {
    const process = new Process(2);
    process.accept(1);
    process.accept(0);
    process.run(3_000);
    process.gates[gone]!.close();
    const before = process.failures.length;
    process.run(1_000);
    const tries = process.failures.length - before;
    assert.ok(tries >= 8 && tries <= 10, `${tries} tries in a second`);
  }
});

Deno.test("one thread is woken for its turn, the others only look now and then", () => {
  const process = new Process(4);
  for (let thread = 0; thread < 4; thread++) process.accept(thread);
  process.run(3_000);
  const before = process.timersMade;
  process.run(10_000);
  // Ten turns a second, and twenty looks for each of the other three.
  const wakes = (process.timersMade - before) / 10;
  assert.ok(wakes <= 75, `${wakes} wakes a second`);
});

Deno.test("a wall clock that is set back or forward does not shut the gate", () => {
  for (const step of [-3_600_000, -86_400_000 * 30, 3_600_000, 86_400_000 * 365]) {
    const process = new Process(1);
    process.accept(0);
    process.run(1_000);
    process.clock.stepWallTime(step);
    process.failure = null;
    process.run(101);
    assert.equal(process.successes.length, 1, `after a step of ${step} ms`);
  }
});

Deno.test("pacing is the same at any wall-clock time", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 43 }), fc.integer({ min: 1, max: 5 }), (wallTime, threads) => {
      const process = new Process(threads, wallTime);
      for (let thread = 0; thread < threads; thread++) process.accept(thread);
      process.run(3_000);
      assert.ok(process.failures.length <= 31, `${process.failures.length} failures in 3 s`);
      assert.ok(process.failures.length >= 28, `only ${process.failures.length} tries in 3 s`);
    }),
  );
});

Deno.test("a listener that is gone is not retried, and its timer is gone", () => {
  const process = new Process(1);
  const retry = (): void => assert.fail("retried");
  process.gates[0]!.failed("exhausted", retry);
  process.gates[0]!.forget(retry);
  assert.equal(process.clock.pendingTimers, 0);
  process.gates[0]!.failed("exhausted", retry);
  process.gates[0]!.close();
  process.run(1_000);
  assert.equal(process.clock.pendingTimers, 0);
});
