import assert from "node:assert/strict";
import { Errno } from "../../../../src/engine/epoll/constants.ts";
import type { Libc } from "../../../../src/engine/epoll/libc.ts";
import { Pipe } from "../../../../src/engine/epoll/pipe_pool.ts";
import { StreamIo, WOULD_BLOCK } from "../../../../src/engine/epoll/stream_io.ts";

/** What a call gives: a count, or a negative error number. */
type Outcomes = number[];

/** A C library whose calls end as scripted; the number of calls made is what is left of the script. */
function scripted(outcomes: Outcomes): StreamIo {
  const libc = { errno: 0 };
  const call = (): number => {
    const outcome = outcomes.shift() ?? assert.fail("one call too many");
    libc.errno = outcome < 0 ? -outcome : libc.errno;
    return outcome < 0 ? -1 : outcome;
  };
  const symbols = { recv: call, send: call, sendArray: call, splice: call };
  return new StreamIo({
    ...libc,
    call: symbols,
    get errno() {
      return libc.errno;
    },
  } as unknown as Libc);
}

type Move = (io: StreamIo) => number;
const moves: readonly [string, Move][] = [
  ["receive", (io) => io.receive(3)],
  ["sendReceived", (io) => io.sendReceived(3, 10)],
  ["send", (io) => io.send(3, new Uint8Array(10))],
  ["spliceIn", (io) => io.spliceIn(3, new Pipe(4, 5))],
  ["spliceOut", (io) => io.spliceOut(Object.assign(new Pipe(4, 5), { held: 10 }), 3)],
];

for (const [name, move] of moves) {
  Deno.test(`${name} gives the count, or the error that it can expect, after one call`, () => {
    assert.equal(move(scripted([7])), 7);
    for (const errno of [Errno.EAGAIN, Errno.ECONNRESET, Errno.EPIPE, Errno.ETIMEDOUT]) {
      assert.equal(move(scripted([-errno])), -errno);
    }
    assert.equal(WOULD_BLOCK, -Errno.EAGAIN);
  });

  Deno.test(`${name} confirms an error that nobody expects by a second call`, () => {
    assert.equal(move(scripted([-Errno.EINTR, 7])), 7);
    assert.equal(move(scripted([-Errno.EINVAL, -Errno.EAGAIN])), WOULD_BLOCK);
    assert.equal(move(scripted([-Errno.EINVAL, -Errno.EINVAL])), -Errno.EINVAL);
  });
}

Deno.test("a FIN after an error is that error", () => {
  assert.equal(scripted([-Errno.EINVAL, 0]).receive(3), -Errno.EINVAL);
  assert.equal(scripted([0]).receive(3), 0);
});

Deno.test("a pipe knows what it holds", () => {
  const pipe = new Pipe(4, 5);
  const io = scripted([100, 60, -Errno.EAGAIN, 40]);
  io.spliceIn(3, pipe);
  assert.equal(pipe.held, 100);
  io.spliceOut(pipe, 6);
  io.spliceOut(pipe, 6);
  assert.equal(pipe.held, 40);
  io.spliceOut(pipe, 6);
  assert.equal(pipe.held, 0);
});
