import assert from "node:assert/strict";
import { BufferPool, MAX_BUFFER_BYTES } from "../../../../src/engine/deno/buffer_pool.ts";

Deno.test("a taken buffer has the smallest size that fits, or the largest", () => {
  const pool = new BufferPool();
  const sizes = [0, 1, 4_096, 4_097, 16_384, 65_536, 65_537, 10_000_000].map((bytes) =>
    pool.take(bytes).length
  );
  assert.deepEqual(sizes, [4_096, 4_096, 4_096, 16_384, 16_384, 65_536, 262_144, 262_144]);
});

Deno.test("a buffer that was given back is taken again", () => {
  const pool = new BufferPool();
  const buffer = pool.take(20_000);
  pool.give(buffer);
  assert.notEqual(pool.take(20_000), pool.take(4_000));
  pool.give(buffer);
  assert.equal(pool.take(65_536), buffer);
  assert.notEqual(pool.take(65_536), buffer);
});

Deno.test("what is kept for reuse is bounded", () => {
  const pool = new BufferPool();
  const given = new Set(Array.from({ length: 100 }, () => new Uint8Array(MAX_BUFFER_BYTES)));
  for (const buffer of given) pool.give(buffer);
  let reused = 0;
  for (let i = 0; i < 100; i++) if (given.has(pool.take(MAX_BUFFER_BYTES))) reused++;
  assert.equal(reused, 32);
});
