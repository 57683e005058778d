import assert from "node:assert/strict";
import { ListeningSocket } from "../../../../src/engine/epoll/listening_socket.ts";
import { reclaim } from "../../../../src/engine/epoll/reclaim.ts";
import { echoTarget } from "../../../kit/echo_target.ts";
import { eventually } from "../../../kit/eventually.ts";
import { fdCount } from "../../../kit/fd_count.ts";
import { within } from "../../../kit/within.ts";
import { EngineThread } from "./engine_thread.ts";

const SESSIONS = 20;

function connectTo(socket: ListeningSocket): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port: socket.address.port });
}

async function echoOnce(client: Deno.Conn): Promise<number> {
  const buffer = new Uint8Array([42, 0]);
  await client.write(buffer.subarray(0, 1));
  await within("the echo", client.read(buffer.subarray(1)));
  return buffer[1] ?? 0;
}

Deno.test("what a crashed thread left is closed by reset; who waited is served by the next thread", async () => {
  await using target = echoTarget();
  const socket = ListeningSocket.open({ ip: "127.0.0.1", port: 0 }, 1024);
  // The first worker makes the runtime open some descriptors for good.
  const first = await EngineThread.start(socket, target.address);
  await first.crash();
  reclaim(first.ledger);
  const before = fdCount();

  const doomed = await EngineThread.start(socket, target.address);
  const clients = await Promise.all(Array.from({ length: SESSIONS }, () => connectTo(socket)));
  for (const client of clients) assert.equal(await echoOnce(client), 42);
  doomed.mailbox.send("pause");
  await doomed.crash();
  assert.match(doomed.death ?? "", /told to crash/);
  const waiting = await connectTo(socket);

  const reclaimed = reclaim(doomed.ledger);
  assert.equal(reclaimed.connections, 2 * SESSIONS);
  // The epoll set and the duplicate of the listening socket; more where pipes were in use.
  assert.ok(reclaimed.others >= 2, `${reclaimed.others} others`);
  assert.deepEqual(reclaim(doomed.ledger), { connections: 0, others: 0 });
  for (const client of clients) {
    await assert.rejects(within("the reset", client.read(new Uint8Array(1))), { code: "ECONNRESET" });
    client.close();
  }
  await eventually("the target's sessions to end", () => target.open === 0 || target.open);

  const successor = await EngineThread.start(socket, target.address);
  assert.equal(await echoOnce(waiting), 42);
  waiting.close();
  await eventually("the last session to end", () => target.open === 0 || target.open);
  await successor.end();
  await eventually("every descriptor to be returned", () => fdCount() <= before || fdCount() - before);
  socket.close();
});

Deno.test("an empty ledger gives nothing to do", () => {
  assert.deepEqual(reclaim(new SharedArrayBuffer(1024)), { connections: 0, others: 0 });
});
