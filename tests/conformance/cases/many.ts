import assert from "node:assert/strict";
import { cpuSeconds } from "../../kit/cpu_seconds.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { say } from "../../kit/programs.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";
import type { ProxyUnderTest } from "../proxy_under_test.ts";
import type { Suite } from "./case.ts";

/** Descriptors that client, proxy and target of one session take together. */
const DESCRIPTORS_A_SESSION = 4;
const SPARE_DESCRIPTORS = 500;
const DEADLINE_MS = 60_000;
const WATCH_MS = 2_000;
/** Of one core. */
const MAX_IDLE_CPU = 0.05;
const MAX_WINDOWS = 5;

/** Many sessions at once, busy and idle. */
export function manyCases(suite: Suite): void {
  suite.test("2,000 sessions at once, each with bytes of its own", async () => {
    const sessions = affordable(2_000);
    await using target = echoTarget();
    await using proxy = await suite.start({
      mode: "relay",
      target: target.address,
      connectTimeoutMs: DEADLINE_MS,
    });
    const clients = await openMany(proxy, sessions);
    await within("all echoes", Promise.all(clients.map(exchangeNumber)), DEADLINE_MS);
    for (const client of clients) client.close();
    await proxy.count("relay_done", sessions);
    assert.ok(
      proxy.all("relay_done").every((done) => done.bytesFromClient === 4 && done.bytesFromTarget === 4),
    );
  });

  suite.test("5,000 idle and half-closed sessions cost no CPU", async () => {
    const sessions = affordable(5_000);
    const over = Promise.withResolvers<void>();
    // Answers once, and neither closes nor reads on: a session stays as its client leaves it.
    await using target = new TcpServer(async (connection) => {
      await echoNumber(connection);
      await over.promise;
    });
    await using proxy = await suite.start({
      mode: "relay",
      target: target.address,
      connectTimeoutMs: DEADLINE_MS,
    });
    const clients = await openMany(proxy, sessions);
    await within("all echoes", Promise.all(clients.map(exchangeNumber)), DEADLINE_MS);
    const halfClosed = clients.filter((_client, index) => index % 2 === 0);
    await Promise.all(halfClosed.map((client) => client.closeWrite()));
    await proxy.count("half_close", halfClosed.length);
    // What the sessions cost, they cost all the time; what came before may take the collector a while.
    let share = Infinity;
    for (let window = 0; window < MAX_WINDOWS && share >= MAX_IDLE_CPU; window++) {
      share = Math.min(share, await cpuShareOver(WATCH_MS));
    }
    over.resolve();
    assert.ok(share < MAX_IDLE_CPU, `${(share * 100).toFixed(1)} % of a core`);
    for (const client of clients) client.close();
    await proxy.count("relay_done", sessions);
  });
}

/** Share of a core that this process takes for so long. */
async function cpuShareOver(watchMs: number): Promise<number> {
  const before = cpuSeconds();
  await new Promise((resolve) => setTimeout(resolve, watchMs));
  return (cpuSeconds() - before) / (watchMs / 1_000);
}

/** As many sessions as wanted, or as the limit of descriptors allows. */
function affordable(wanted: number): number {
  const limit = /^Max open files\s+(\d+)/m.exec(Deno.readTextFileSync("/proc/self/limits"))?.[1];
  const allowed = Math.floor((Number(limit ?? 1_024) - SPARE_DESCRIPTORS) / DESCRIPTORS_A_SESSION);
  if (allowed < wanted) say(`only ${allowed} sessions of ${wanted}: the limit of descriptors is ${limit}`);
  return Math.min(wanted, allowed);
}

async function openMany(proxy: ProxyUnderTest, count: number): Promise<Deno.TcpConn[]> {
  const clients: Deno.TcpConn[] = [];
  while (clients.length < count) {
    const batch = Math.min(200, count - clients.length);
    clients.push(...await Promise.all(Array.from({ length: batch }, () => proxy.connect())));
  }
  return clients;
}

/** Sends the session's number, and expects it back. */
async function exchangeNumber(client: Deno.TcpConn, number: number): Promise<void> {
  const sent = new Uint8Array(new Uint32Array([number]).buffer);
  await writeAll(client, sent);
  assert.deepEqual(await readNumber(client), sent);
}

async function echoNumber(connection: Deno.TcpConn): Promise<void> {
  await writeAll(connection, await readNumber(connection));
}

async function readNumber(connection: Deno.TcpConn): Promise<Uint8Array> {
  const got = new Uint8Array(4);
  for (let at = 0; at < got.length;) {
    const count = await connection.read(got.subarray(at));
    if (count === null) throw new Error("The session ended");
    at += count;
  }
  return got;
}
