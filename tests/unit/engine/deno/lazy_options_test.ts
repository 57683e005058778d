import assert from "node:assert/strict";
import { LazyOptions } from "../../../../src/engine/deno/lazy_options.ts";

/** Notes which options are set. */
class FakeSocket {
  readonly set: string[] = [];

  setNoDelay(): void {
    this.set.push("noDelay");
  }

  setKeepAlive(): void {
    this.set.push("keepAlive");
  }
}

const ALL = { noDelay: true, keepAlive: { idleS: 1, intervalS: 1, count: 1 }, userTimeoutMs: 0 };
const NONE = { noDelay: false, keepAlive: null, userTimeoutMs: 0 };

Deno.test("a single small write sets nothing; the second one sets TCP_NODELAY, once", () => {
  const socket = new FakeSocket();
  const options = new LazyOptions(socket, ALL);
  options.beforeWrite(500);
  assert.deepEqual(socket.set, []);
  options.beforeWrite(1);
  options.beforeWrite(1);
  assert.deepEqual(socket.set, ["noDelay"]);
});

Deno.test("a write of more than one segment sets TCP_NODELAY before it", () => {
  const socket = new FakeSocket();
  new LazyOptions(socket, ALL).beforeWrite(10_000);
  assert.deepEqual(socket.set, ["noDelay"]);
});

Deno.test("keep-alive is set once, when the connection has lived for a while", () => {
  const socket = new FakeSocket();
  const options = new LazyOptions(socket, ALL);
  options.whenSettled();
  options.whenSettled();
  assert.deepEqual(socket.set, ["keepAlive"]);
});

Deno.test("nothing is set that is not wanted", () => {
  const socket = new FakeSocket();
  const options = new LazyOptions(socket, NONE);
  options.beforeWrite(10_000);
  options.whenSettled();
  assert.deepEqual(socket.set, []);
});

Deno.test("a system that refuses an option on a connection that was reset does no harm", () => {
  const refuse = (): never => {
    throw new TypeError("Invalid argument (os error 22)");
  };
  const options = new LazyOptions({ setNoDelay: refuse, setKeepAlive: refuse }, ALL);
  options.beforeWrite(10_000);
  options.whenSettled();
});
