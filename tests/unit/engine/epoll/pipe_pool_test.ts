import assert from "node:assert/strict";
import { Misc } from "../../../../src/engine/epoll/constants.ts";
import { DescriptorKind, DescriptorLedger } from "../../../../src/engine/epoll/descriptor_ledger.ts";
import { NativeBuffer } from "../../../../src/engine/epoll/libc.ts";
import { MAX_PIPES, MAX_SPARE_PIPES, type Pipe, PipePool } from "../../../../src/engine/epoll/pipe_pool.ts";
import { fdCount } from "../../../kit/fd_count.ts";
import { libc } from "../../../kit/opened_libc.ts";

const F_GETPIPE_SZ = 1032;

Deno.test("a pipe is used again when it is empty", () => {
  const before = fdCount();
  const pool = new PipePool(libc, new DescriptorLedger());
  const first = pool.take();
  assert.ok(first !== null);
  assert.ok(libc.call.fcntl(first.writeEnd, F_GETPIPE_SZ, 0) >= 65_536);
  pool.release(first);
  assert.equal(pool.take(), first);
  pool.release(first);
  assert.equal(pool.spare, 1);
  pool.clear();
  assert.equal(fdCount(), before);
});

Deno.test("a pipe that holds bytes is closed, not used again", () => {
  const before = fdCount();
  const pool = new PipePool(libc, new DescriptorLedger());
  const pipe = pool.take();
  assert.ok(pipe !== null);
  const bytes = new NativeBuffer(8);
  pipe.held = libc.call.write(pipe.writeEnd, bytes.pointer, 8n);
  assert.equal(pipe.held, 8);
  pool.release(pipe);
  assert.equal(pool.spare, 0);
  assert.equal(fdCount(), before);
});

Deno.test("pipes have a limit in use and a limit in store, and are in the ledger while they are open", () => {
  const before = fdCount();
  const ledger = new DescriptorLedger();
  const pool = new PipePool(libc, ledger);
  const taken: Pipe[] = [];
  for (let pipe = pool.take(); pipe !== null; pipe = pool.take()) taken.push(pipe);
  assert.equal(taken.length, MAX_PIPES);
  assert.equal(fdCount(), before + 2 * MAX_PIPES);
  assert.equal(ledger.list(DescriptorKind.other).length, 2 * MAX_PIPES);
  for (const pipe of taken) pool.release(pipe);
  assert.equal(pool.spare, MAX_SPARE_PIPES);
  assert.equal(pool.inUse, 0);
  pool.clear();
  assert.equal(fdCount(), before);
  assert.deepEqual(ledger.list(DescriptorKind.other), []);
});

/** The C library with some functions replaced. */
function libcWith(replaced: Partial<typeof libc.call>): typeof libc {
  return Object.create(libc, { call: { value: { ...libc.call, ...replaced } } }) as typeof libc;
}

Deno.test("where the system gives no pipe there is none, and it is not asked each time", () => {
  let asked = 0;
  const refusing = libcWith({
    pipe2: (): number => {
      asked++;
      return -1;
    },
  });
  const pool = new PipePool(refusing, new DescriptorLedger());
  for (let times = 0; times < 1_000; times++) assert.equal(pool.take(), null);
  assert.equal(pool.inUse, 0);
  assert.ok(asked >= 2 && asked <= 10, `asked ${asked} times`);
});

Deno.test("a capacity that is refused is tried smaller; a tiny pipe is none", () => {
  const before = fdCount();
  const asked: number[] = [];
  let largest = 65_536;
  const frugal = libcWith({
    fcntl(descriptor: number, command: number, argument: number): number {
      if (command !== Misc.F_SETPIPE_SZ) return libc.call.fcntl(descriptor, command, argument);
      asked.push(argument);
      return argument > largest ? -1 : 0;
    },
  });
  const pool = new PipePool(frugal, new DescriptorLedger());
  const pipe = pool.take();
  assert.ok(pipe !== null);
  assert.deepEqual(asked, [1_048_576, 262_144, 65_536]);
  largest = 8_192;
  assert.equal(pool.take(), null);
  pool.release(pipe);
  pool.clear();
  assert.equal(fdCount(), before);
});
