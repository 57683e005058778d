import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { accessRecords } from "../../kit/access_records.ts";
import { askOnce, turnedAway } from "../../kit/client.ts";
import { EchoProgram } from "../../kit/echo_program.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { echoClient, PacedClients } from "../../kit/paced_clients.ts";
import { say } from "../../kit/programs.ts";
import { Proxy, TEST_ENGINE } from "../../kit/proxy.ts";
import { TcpServer } from "../../kit/tcp_server.ts";
import {
  assertServedBy,
  available,
  INTERVAL_MS,
  more,
  OUT_WITHIN_MS,
  percentile99,
  RATE,
  recorded,
  servedFromNow,
  TIMEOUT_MS,
  web,
} from "./faults_setup.ts";

/** What clients notice when most targets, or all of them, fail under load. */

/**
 * What may be added to the quiet p99: a data thread that waits for its turn on a busy machine does so for tens of
 * milliseconds. Who waits for a target that does not answer waits for hundreds.
 */
const BUSY_MS = 50;
/** How clients are turned away: the engine `deno` has no RST to send. */
const REFUSAL = TEST_ENGINE === "epoll" ? "reset" : "closed";
const REFUSED_WITHIN_MS = 5;
/** Of fifty clients so many are turned away in time, in the best of some rounds: others use the machine, too. */
const MOST = 45;
const ROUNDS = 40;

type AppInput = ConfigInput["apps"][number];

/** How nine dead targets are found out; connections that meet one before that go on to the next target. */
const DETECTIONS: readonly [string, Partial<AppInput>][] = [
  ["probes alone", {}],
  ["probes and outlier detection", { outlier_detection: { max_ejection_percent: 90 } }],
];

for (const [detection, options] of DETECTIONS) {
  Deno.test(`nine of ten targets are killed under 200 new connections a second, with ${detection}: none fails`, async () => {
    await using nine = await EchoProgram.start(9);
    await using tenth = echoTarget();
    const left = `127.0.0.1:${tenth.port}`;
    await using proxy = await Proxy.start(
      web([...nine.addresses, left], { retry: { max_attempts: 10 }, ...options }),
    );
    await available(proxy, 10);
    const client = echoClient(await proxy.port("web"));
    const clients = new PacedClients(RATE, client);
    await more(clients, 2 * RATE);
    const quiet = accessRecords(proxy).length;
    await nine.crash();
    const deadAt = performance.now();
    const outAfterMs = await available(proxy, 1);
    await more(clients, RATE);
    await clients.stop();
    // Who had a target when it died lost it, as on any way to it; nobody else is to notice.
    assert.deepEqual(clients.failuresSince(deadAt), []);
    assert.ok(outAfterMs < OUT_WITHIN_MS, `out after ${outAfterMs} ms`);
    await recorded(proxy, clients.results.length);
    const records = accessRecords(proxy);
    const failed = records.filter(({ close_reason }) => close_reason !== "done");
    assert.ok(failed.every(({ close_reason }) => close_reason === "target_abort"), JSON.stringify(failed));
    const times = records.map(({ connect_ms }) => connect_ms ?? Infinity);
    const [quietMs, faultyMs] = [percentile99(times.slice(0, quiet)), percentile99(times.slice(quiet))];
    const figures = `p99 of connecting ${faultyMs} ms with nine dead, ${quietMs} ms when all is quiet`;
    say(`${figures}; ${detection}: out after ${Math.round(outAfterMs)} ms`);
    assert.ok(faultyMs <= Math.max(3 * quietMs, quietMs + BUSY_MS), figures);
    assertServedBy(await servedFromNow(proxy, client, clients.results.length), left);
  });
}

Deno.test("nine of ten targets are frozen under load: out in time, sessions with them end, nobody gets one then, and they come back", async () => {
  await using nine = await EchoProgram.start(9);
  await using tenth = echoTarget();
  const left = `127.0.0.1:${tenth.port}`;
  await using proxy = await Proxy.start(web([...nine.addresses, left], { on_down: "close" }));
  await available(proxy, 10);
  const client = echoClient(await proxy.port("web"));
  const clients = new PacedClients(RATE, client);
  await more(clients, RATE);
  assert.deepEqual(clients.failuresSince(0), []);
  nine.freeze();
  assert.ok(await available(proxy, 1) < OUT_WITHIN_MS);
  const outAt = performance.now();
  await more(clients, RATE);
  await clients.stop();
  const failed = clients.results.filter(({ failure }) => failure !== null);
  assert.deepEqual(clients.failuresSince(outAt), []);
  // Who had a frozen target is not left waiting for it.
  const longestMs = Math.max(...failed.map(({ tookMs }) => tookMs));
  assert.ok(longestMs < OUT_WITHIN_MS, `${longestMs} ms`);
  await recorded(proxy, clients.results.length);
  const reasons = new Set(accessRecords(proxy).map(({ close_reason }) => close_reason));
  assert.deepEqual([...reasons].sort(), ["done", "target_down"]);
  assertServedBy(await servedFromNow(proxy, client, clients.results.length), left);
  const [first] = (await proxy.app("web")).targets;
  assert.deepEqual([first?.health, first?.probe?.reason], ["down", `no result within ${TIMEOUT_MS} ms`]);
  assert.equal(proxy.logged("target is down").length, 9);
  nine.thaw();
  await available(proxy, 10);
  await eventually("the log", () => proxy.logged("target is up").length === 9);
});

Deno.test("when all targets are down clients are turned away within 5 ms and nobody connects; the first that returns serves at once", async () => {
  const first = new TcpServer(() => Promise.resolve());
  const { port: one } = first;
  await first[Symbol.asyncDispose]();
  await using mute = new TcpServer(async (connection) => {
    while (await connection.read(new Uint8Array(64)) !== null);
  });
  await using proxy = await Proxy.start(web([`127.0.0.1:${one}`, `127.0.0.1:${mute.port}`]));
  await available(proxy, 0);
  assert.equal((await proxy.app("web")).state, "failed");
  const port = await proxy.port("web");
  const attempts = async (): Promise<number[]> =>
    (await proxy.app("web")).targets.map(({ connect_attempts_total }) => connect_attempts_total);
  const before = await attempts();
  const shares: number[] = [];
  while (shares.length < ROUNDS && (shares.at(-1) ?? 0) < MOST) shares.push(await turnedAwayInTime(port));
  say(`turned away within ${REFUSED_WITHIN_MS} ms, of 50 each round: ${shares}`);
  assert.ok(shares.at(-1)! >= MOST, `${shares}`);
  assert.deepEqual(await attempts(), before);
  // Whoever connected to the other was a probe.
  const { probe } = (await proxy.app("web")).targets[1]!;
  assert.ok(mute.accepted <= (probe?.checks_total ?? 0) + 1, `${mute.accepted} connections`);
  assert.ok(
    accessRecords(proxy).every(({ close_reason, attempts }) =>
      close_reason === "no_target" && attempts === 0
    ),
  );

  await using _ = echoTarget({ port: one });
  const returnedAt = performance.now();
  await eventually("the first session", async () => await askOnce(port).catch(() => null) === "hello");
  // Two probes have to pass (`healthy_threshold`), and the first may be an interval away.
  const tookMs = performance.now() - returnedAt;
  assert.ok(tookMs < 2 * INTERVAL_MS + TIMEOUT_MS + 1_000, `served after ${tookMs} ms`);
  assert.equal(await askOnce(port), "hello");
});

/** How many of fifty clients were turned away in time, one after another. */
async function turnedAwayInTime(port: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < 50; i++) {
    const startedAt = performance.now();
    assert.equal(await turnedAway(port), REFUSAL);
    if (performance.now() - startedAt <= REFUSED_WITHIN_MS) count++;
  }
  return count;
}
