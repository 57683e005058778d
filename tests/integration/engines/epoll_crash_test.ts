import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../../src/base/clock.ts";
import { RESTART_STABLE_MS } from "../../../src/base/limits.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { BlackHoleTarget } from "../../kit/black_hole_target.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { fdCount } from "../../kit/fd_count.ts";
import { LocalDaemon } from "../../kit/local_daemon.ts";
import { sampleProcess } from "../../kit/process_sample.ts";
import { ANY_PORT } from "../../kit/proxy.ts";
import { SlowTarget } from "../../kit/slow_target.ts";
import { TcpServer } from "../../kit/tcp_server.ts";

/** What only the `epoll` engine promises of a thread that crashes; `proxy_crash_test.ts` holds what both do. */

const CAP = 20;
const WAITING = 300;
const CRASHES = 20;
const PIECE = "x".repeat(256 * 1024);

/** With an app for each target, on one thread. */
function start(
  targets: readonly { readonly port: number }[],
  changes: Partial<ConfigInput> = {},
  clock?: Clock,
): Promise<LocalDaemon> {
  const apps = targets.map(({ port }, index) => (
    { name: `app-${index}`, ports: [ANY_PORT], targets: [`127.0.0.1:${port}`] }
  ));
  return LocalDaemon.start({ engine: "epoll", workers: 1, apps, ...changes }, clock);
}

Deno.test("a crashed thread's sessions end by RST, at clients and at targets", async () => {
  const ends: string[] = [];
  await using target = new TcpServer(async (connection) => {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
        await connection.write(buffer.subarray(0, count));
      }
      ends.push("closed");
      // What half-closed its side still waits for an answer: that it is reset shows at the client.
      await eventually("the end of the test", () => isOver);
    } catch (error) {
      ends.push(error instanceof Deno.errors.ConnectionReset ? "reset" : `${error}`);
    }
  });
  let isOver = false;
  await using local = await start([target]);
  const clients = await connectMany(local.port(), CAP);
  const halfClosed = await Client.to(local.port());
  try {
    for (const client of [...clients, halfClosed]) assert.equal(await client.ask("?"), "?");
    await halfClosed.finish();
    await eventually("the FIN at the target", () => ends.length === 1);
    assert.deepEqual(ends, ["closed"]);
    local.crash(0);
    assert.equal(await local.crashed(1), CAP + 1);
    for (const client of [...clients, halfClosed]) assert.equal(await client.ended(), "reset");
    await eventually("the ends at the target", () => ends.length === CAP + 1);
    assert.deepEqual(ends.slice(1), new Array(CAP).fill("reset"));
  } finally {
    isOver = true;
    for (const client of [...clients, halfClosed]) client[Symbol.dispose]();
  }
});

Deno.test(`a crash loses none of ${WAITING} connections that wait in the accept queue`, async () => {
  await using target = echoTarget();
  // At its cap a thread accepts no more, and what comes waits in the kernel.
  await using local = await start([target], { max_connections: CAP });
  const clients = await connectMany(local.port(), CAP + WAITING);
  try {
    await eventually("the cap to be reached", () => local.status.connections.active >= CAP);
    await Promise.all(clients.map((client) => client.send("?")));
    for (const client of clients.slice(0, CAP)) assert.equal(await client.receive(), "?");
    local.crash(0);
    const lost = await local.crashed(1);
    // Each listening socket may take one more than the cap.
    assert.ok(lost === CAP || lost === CAP + 1, `${lost} sessions lost`);
    const ends = await Promise.all(clients.map(async (client, index) => {
      const end = index < CAP ? await client.ended() : await answerOrReset(client);
      client[Symbol.dispose]();
      return end;
    }));
    assert.equal(ends.filter((end) => end === "reset").length, lost);
    assert.equal(ends.filter((end) => end === "?").length, CAP + WAITING - lost);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

Deno.test(`${CRASHES} crashes with sessions of all kinds leak no descriptor`, async () => {
  await using target = echoTarget();
  await using slow = new SlowTarget();
  await using hole = await BlackHoleTarget.open();
  let skippedMs = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + skippedMs };
  await using local = await start([slow, hole.address, target], {}, clock);
  const quietPipes = sampleProcess(Deno.pid).pipes;
  const crashOnce = async (times: number): Promise<void> => {
    const quiet = await connectMany(local.port(2), 8);
    const stuck = await connectMany(local.port(0), 2);
    const connecting = await connectMany(local.port(1), 2);
    for (const client of quiet) assert.equal(await client.ask("?"), "?");
    // A target that does not read: bytes wait in a pipe of the thread's.
    const sending = stuck.map((client) => sendUntilReset(client));
    await eventually("a pipe in use", () => sampleProcess(Deno.pid).pipes > quietPipes);
    await eventually("all sessions", () => local.status.connections.active === 12);
    // It has lived long enough not to count as a part of a crash loop, whose pauses grow.
    skippedMs += RESTART_STABLE_MS;
    local.crash(0);
    assert.equal(await local.crashed(times), 12);
    await eventually(
      "the replacement",
      () => local.status.threads.every((thread) => thread.state === "running"),
    );
    for (const client of [...quiet, ...stuck, ...connecting]) client[Symbol.dispose]();
    await Promise.all(sending);
    // A thread takes its listeners in the order of the apps: who answers for the last one has them all.
    const last = await Client.to(local.port(2));
    assert.equal(await last.ask("?"), "?");
    last[Symbol.dispose]();
    await eventually("all sessions to be gone", () => local.status.connections.active + target.open === 0);
  };
  // The first ones make the runtime open some descriptors for good.
  for (let times = 1; times <= 2; times++) await crashOnce(times);
  // The target that never reads does not see that its sessions are over either, and keeps its end of them.
  const descriptors = (): number => fdCount() - slow.open;
  const before = descriptors();
  for (let times = 3; times <= 2 + CRASHES; times++) await crashOnce(times);
  await eventually(
    "every descriptor to be returned",
    () => descriptors() <= before || descriptors() - before,
  );
});

async function connectMany(port: number, count: number): Promise<Client[]> {
  const clients: Client[] = [];
  for (let i = 0; i < count; i++) clients.push(await Client.to(port));
  return clients;
}

/** The answer to what was sent, or `"reset"`. */
async function answerOrReset(client: Client): Promise<string | null> {
  try {
    return await client.receive();
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionReset) return "reset";
    throw error;
  }
}

/** Sends without end, to where nobody reads, until the connection breaks or is closed here. */
async function sendUntilReset(client: Client): Promise<void> {
  try {
    for (;;) await client.send(PIECE);
  } catch {
    // Either is what the test is about.
  }
}
