import assert from "node:assert/strict";
import { ListeningSocket } from "../../../../src/engine/epoll/listening_socket.ts";
import { echoTarget } from "../../../kit/echo_target.ts";
import { eventually } from "../../../kit/eventually.ts";
import { within } from "../../../kit/within.ts";
import { EngineThread } from "./engine_thread.ts";

/** Connections while sockets move from thread to thread. */
const CONNECTIONS = 3_000;
const AT_ONCE = 20;

async function exchange(port: number): Promise<boolean> {
  const client = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    const bytes = new Uint8Array([7]);
    await client.write(bytes);
    return await client.read(new Uint8Array(1)) === 1;
  } finally {
    client.close();
  }
}

Deno.test("a socket that moves from thread to thread under churn loses no connection", async () => {
  await using target = echoTarget();
  const socket = ListeningSocket.open({ ip: "127.0.0.1", port: 0 }, 4096);
  let started = 0;
  let good = 0;
  const churn = Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (started++ < CONNECTIONS) {
      if (await exchange(socket.address.port)) good++;
    }
  }));
  let serving = await EngineThread.start(socket, target.address);
  let moves = 0;
  const retired: EngineThread[] = [];
  while (started < CONNECTIONS) {
    const moved = serving;
    const wanted = Math.min(good + 200, CONNECTIONS);
    await eventually("the next connections", () => good >= wanted || good);
    serving = await EngineThread.start(socket, target.address);
    moved.mailbox.send("close");
    await eventually("the listener to close", () => moved.count("closed") === 1);
    retired.push(moved);
    moves++;
  }
  await within("all connections", churn, 60_000);
  assert.equal(good, CONNECTIONS);
  assert.ok(moves >= 3, `${moves} moves`);
  for (const thread of [...retired, serving]) await thread.end();
  socket.close();
});
