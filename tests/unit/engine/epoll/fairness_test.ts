import assert from "node:assert/strict";
import { ListeningSocket } from "../../../../src/engine/epoll/listening_socket.ts";
import { TcpServer, writeAll } from "../../../kit/tcp_server.ts";
import { within } from "../../../kit/within.ts";
import { EngineThread } from "./engine_thread.ts";

const ECHOES = 200;
/** An engine that served the busy session until it paused would take as long as the whole stream. */
const LONGEST_ECHO_MS = 500;
const STREAM = 1;

/** Streams without end to a client whose first byte asks for it, echoes to the others. */
async function streamOrEcho(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let got = await connection.read(buffer); got !== null; got = await connection.read(buffer)) {
    const isStream = buffer[0] === STREAM;
    do await writeAll(connection, isStream ? new Uint8Array(1024 * 1024) : buffer.subarray(0, got)); while (
      isStream
    );
  }
}

Deno.test("a session with all the data it can take does not starve a quiet one", async () => {
  await using target = new TcpServer(streamOrEcho);
  const socket = ListeningSocket.open({ ip: "127.0.0.1", port: 0 }, 16);
  const thread = await EngineThread.start(socket, target.address);
  const [busy, quiet] = await Promise.all(
    [0, 1].map(() => Deno.connect({ hostname: "127.0.0.1", port: socket.address.port })),
  );
  assert.ok(busy && quiet);
  let streamed = 0;
  let isOver = false;
  await busy.write(new Uint8Array([STREAM]));
  const reading = (async () => {
    const buffer = new Uint8Array(1024 * 1024);
    while (!isOver) streamed += await busy.read(buffer) ?? assert.fail("the stream ended");
  })();
  const times: number[] = [];
  const buffer = new Uint8Array(64);
  for (let echo = 0; echo < ECHOES; echo++) {
    const startedAt = performance.now();
    await quiet.write(buffer);
    await within("an echo", quiet.read(buffer));
    times.push(performance.now() - startedAt);
  }
  isOver = true;
  await reading;
  times.sort((a, b) => a - b);
  const p99 = times[Math.floor(ECHOES * 0.99)] ?? Infinity;
  assert.ok(p99 < LONGEST_ECHO_MS, `p99 ${p99} ms`);
  assert.ok(streamed > 64 * 1024 * 1024, `${streamed} bytes streamed`);
  busy.close();
  quiet.close();
  await thread.end();
  socket.close();
});
