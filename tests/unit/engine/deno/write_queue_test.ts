import assert from "node:assert/strict";
import fc from "fast-check";
import { BufferPool } from "../../../../src/engine/deno/buffer_pool.ts";
import { WriteQueue } from "../../../../src/engine/deno/write_queue.ts";

Deno.test("bytes come out in the order in which they went in, whatever the pieces", () => {
  const step = fc.oneof(
    fc.record({ push: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 600_000 })) }),
    fc.record({ shift: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const queue = new WriteQueue(new BufferPool());
      let next = 0;
      let expected = 0;
      for (const action of steps) {
        if ("push" in action) {
          const bytes = Uint8Array.from({ length: action.push }, () => next++ % 251);
          queue.push(bytes);
          // The caller may reuse its array.
          bytes.fill(255);
        } else {
          const head = queue.head();
          const count = Math.ceil(head.length * action.shift);
          for (const byte of head.subarray(0, count)) assert.equal(byte, expected++ % 251);
          if (count > 0) queue.shift(count);
        }
        assert.equal(queue.length, next - expected);
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("bytes may be added behind a piece that is being sent", () => {
  const queue = new WriteQueue(new BufferPool());
  queue.push(new Uint8Array([1, 2]));
  const sending = queue.head();
  queue.push(new Uint8Array([3]));
  assert.deepEqual([...sending], [1, 2]);
  queue.shift(2);
  assert.deepEqual([...queue.head()], [3]);
});

Deno.test("clearing leaves the piece in flight out of the pool", () => {
  const pool = new BufferPool();
  const queue = new WriteQueue(pool);
  queue.push(new Uint8Array(100));
  const { buffer } = queue.head();
  queue.clear(true);
  assert.equal(queue.length, 0);
  assert.equal(queue.head().length, 0);
  assert.notEqual(pool.take(100).buffer, buffer);
});
