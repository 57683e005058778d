import assert from "node:assert/strict";
import { EpollEngine } from "../../../../src/engine/epoll/engine.ts";
import "../../../kit/opened_libc.ts";

const QUEUED = 200;
const BACKLOG = 256;
/** Above the time that a closing listener takes where clients never stop coming. */
const PAUSE_MS = 1_100;

Deno.test("a listener that is closed by a slow thread serves all that waited, however long that takes", async () => {
  const engine = new EpollEngine({
    clock: { wallTime: Date.now },
    gate: { words: new Int32Array(new SharedArrayBuffer(4)), index: 0 },
  });
  let accepted = 0;
  const tcp = { noDelay: true, keepAlive: null, userTimeoutMs: 0 };
  const listener = engine.listen({ ip: "127.0.0.1", port: 0 }, { backlog: BACKLOG, tcp }, {
    onAccept(connection): void {
      if (++accepted === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
      connection.close();
    },
    onAcceptError: assert.fail,
  });
  const { port } = listener.address;
  const clients = await Promise.all(
    Array.from({ length: QUEUED }, () => Deno.connect({ hostname: "127.0.0.1", port })),
  );
  let isClosed = false;
  listener.close(() => isClosed = true);
  for (let turn = 0; turn < QUEUED && !isClosed; turn++) engine.turn(0);
  assert.ok(isClosed);
  assert.equal(accepted, QUEUED);
  for (const client of clients) {
    assert.equal(await client.read(new Uint8Array(1)), null);
    client.close();
  }
  engine.shutdown();
});
