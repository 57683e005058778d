import assert from "node:assert/strict";
import { BatchQueue } from "../../../../../src/control/telemetry/otlp/batch_queue.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";

/** A queue whose batches wait until the test says that they are sent. */
class Fixture {
  readonly clock = new FakeClock();
  readonly sent: (readonly number[])[] = [];
  readonly queue: BatchQueue<number>;
  #done: () => void = () => {};

  constructor(maxQueue = 10, maxBatch = 4) {
    this.queue = new BatchQueue(this.clock, { maxQueue, maxBatch, delayMs: 1_000 }, (batch) => {
      this.sent.push(batch);
      return new Promise((resolve) => this.#done = resolve);
    });
  }

  /** The batch under way is sent. */
  async done(): Promise<void> {
    this.#done();
    // The queue hears of it some microtasks later.
    for (let n = 0; n < 5; n++) await Promise.resolve();
  }
}

Deno.test("items are sent together, a time after the first", () => {
  const { queue, clock, sent } = new Fixture();
  queue.push([1]);
  clock.advance(999);
  queue.push([2]);
  assert.deepEqual(sent, []);
  clock.advance(1);
  assert.deepEqual(sent, [[1, 2]]);
});

Deno.test("a full batch is sent at once, and one at a time", async () => {
  const fixture = new Fixture();
  fixture.queue.push([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(fixture.sent, [[1, 2, 3, 4]]);
  await fixture.done();
  assert.deepEqual(fixture.sent, [[1, 2, 3, 4], [5, 6, 7, 8]]);
  await fixture.done();
  await fixture.done();
  assert.deepEqual(fixture.sent.flat(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(fixture.clock.pendingTimers, 0);
});

Deno.test("what exceeds the queue is not taken, whatever is under way", async () => {
  const fixture = new Fixture(5, 4);
  assert.equal(fixture.queue.push([1, 2, 3, 4, 5, 6]), 1);
  assert.equal(fixture.queue.push([7, 8, 9, 10, 11]), 1);
  assert.equal(fixture.queue.length, 5);
  await fixture.done();
  await fixture.done();
  await fixture.done();
  assert.deepEqual(fixture.sent.flat(), [1, 2, 3, 4, 5, 7, 8, 9, 10]);
});

Deno.test("flush sends all that waits, and a queue that was emptied takes items again", async () => {
  const fixture = new Fixture();
  fixture.queue.push([1, 2]);
  const flushed = fixture.queue.flush();
  assert.deepEqual(fixture.sent, [[1, 2]]);
  await fixture.done();
  await flushed;
  await fixture.queue.flush();
  fixture.queue.push([3]);
  fixture.clock.advance(1_000);
  assert.deepEqual(fixture.sent, [[1, 2], [3]]);
});

Deno.test("clear gives up what waits", () => {
  const { queue, clock, sent } = new Fixture();
  queue.push([1, 2, 3]);
  assert.equal(queue.clear(), 3);
  clock.advance(10_000);
  assert.deepEqual([queue.length, sent], [0, []]);
});
