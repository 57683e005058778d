import assert from "node:assert/strict";
import { BufferPool } from "../../../../src/engine/deno/buffer_pool.ts";
import { ReadBuffer } from "../../../../src/engine/deno/read_buffer.ts";

const KIB = 1024;

/** Sizes of the buffers after reads of so many bytes each; -1 fills the buffer. */
function sizesAfter(buffer: ReadBuffer, reads: readonly number[]): number[] {
  return reads.map((filled) => {
    buffer.adapt(filled === -1 ? buffer.bytes.length : filled);
    return buffer.bytes.length / KIB;
  });
}

Deno.test("a buffer grows while reads fill it", () => {
  const buffer = new ReadBuffer(new BufferPool());
  assert.equal(buffer.bytes.length, 4 * KIB);
  assert.deepEqual(sizesAfter(buffer, [-1, -1, -1, -1]), [16, 64, 256, 256]);
});

Deno.test("after a read that left room a small buffer waits, and a full one of it brings the large one back", () => {
  const buffer = new ReadBuffer(new BufferPool());
  sizesAfter(buffer, [-1, -1, -1]);
  assert.deepEqual(sizesAfter(buffer, [200 * KIB, -1, 100 * KIB, -1]), [16, 256, 16, 256]);
});

Deno.test("small messages bring it down to the smallest", () => {
  const buffer = new ReadBuffer(new BufferPool());
  sizesAfter(buffer, [-1, -1, -1]);
  assert.deepEqual(sizesAfter(buffer, [100, 100, 100, 100]), [16, 16, 4, 4]);
  assert.deepEqual(sizesAfter(buffer, [-1, 100]), [16, 4]);
});

Deno.test("messages of one middling length are read in one piece each", () => {
  const buffer = new ReadBuffer(new BufferPool());
  sizesAfter(buffer, [-1]);
  assert.deepEqual(sizesAfter(buffer, [6 * KIB, 6 * KIB, 6 * KIB]), [16, 16, 16]);
});

Deno.test("released memory is used again, by whoever needs that size", () => {
  const pool = new BufferPool();
  const buffer = new ReadBuffer(pool);
  const { bytes } = buffer;
  buffer.release();
  buffer.release();
  assert.equal(new ReadBuffer(pool).bytes, bytes);
  assert.notEqual(buffer.bytes, bytes);
});
