import assert from "node:assert/strict";
import fc from "fast-check";
import { Backlog } from "../../../../src/engine/epoll/backlog.ts";
import { type StreamIo, WOULD_BLOCK } from "../../../../src/engine/epoll/stream_io.ts";

/** A socket that takes so much in each call; a negative number is what the call gives. */
function socketTaking(script: number[], taken: number[]): StreamIo {
  const send = (_socket: number, bytes: Uint8Array): number => {
    const next = script.shift() ?? WOULD_BLOCK;
    const count = next < 0 ? next : Math.min(next, bytes.length);
    taken.push(...bytes.subarray(0, Math.max(count, 0)));
    return count;
  };
  return { send } as unknown as StreamIo;
}

Deno.test("bytes leave in order, however little the socket takes at once", () => {
  fc.assert(fc.property(
    fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 8 }),
    fc.array(fc.oneof(fc.integer({ min: 1, max: 25 }), fc.constant(WOULD_BLOCK)), { maxLength: 40 }),
    (pieces, script) => {
      const backlog = new Backlog();
      for (const piece of pieces) backlog.push(piece);
      const wanted = pieces.flatMap((piece) => [...piece]);
      const taken: number[] = [];
      const io = socketTaking(script, taken);
      let moved = 0;
      for (let left = script.length + 1; left > 0; left--) moved += Math.max(backlog.flush(io, 3), 0);
      assert.equal(moved, taken.length);
      assert.equal(backlog.bytes, wanted.length - taken.length);
      assert.deepEqual(taken, wanted.slice(0, taken.length));
    },
  ));
});

Deno.test("pushed bytes are copied", () => {
  const backlog = new Backlog();
  const bytes = new Uint8Array([1, 2, 3]);
  backlog.push(bytes);
  bytes.fill(9);
  const taken: number[] = [];
  assert.equal(backlog.flush(socketTaking([3], taken), 3), 3);
  assert.deepEqual(taken, [1, 2, 3]);
});

Deno.test("a failure is told, also when some bytes left before it", () => {
  const backlog = new Backlog();
  backlog.push(new Uint8Array(4));
  backlog.push(new Uint8Array(4));
  assert.equal(backlog.flush(socketTaking([4, -104], []), 3), -104);
  assert.equal(backlog.flush(socketTaking([WOULD_BLOCK], []), 3), WOULD_BLOCK);
});
