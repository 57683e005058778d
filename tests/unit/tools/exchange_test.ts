import assert from "node:assert/strict";
import { exchange, type ExchangeOptions, type ExchangeResult } from "../../../src/tools/exchange.ts";
import { startEchoServer } from "../../../src/tools/echo_server.ts";
import type { SocketAddress } from "../../../src/model/address.ts";
import { BlackHoleTarget } from "../../kit/black_hole_target.ts";
import { ClosingTarget } from "../../kit/closing_target.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { SlowTarget } from "../../kit/slow_target.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";

const HELLO = new TextEncoder().encode("hello");
const LOCAL = { ip: "127.0.0.1", port: 0 };
/** Long enough for a slow machine, where it must not be reached. */
const PLENTY_MS = 12_000;
/** Short, where it must be reached. */
const SOON_MS = 150;

function ask(address: SocketAddress, changes: Partial<ExchangeOptions> = {}): Promise<ExchangeResult> {
  return within(
    "the exchange",
    exchange({
      target: { host: address.ip, port: address.port },
      data: HELLO,
      until: { bytes: HELLO.length },
      timeoutMs: PLENTY_MS,
      ...changes,
    }),
  );
}

function text(result: ExchangeResult): string {
  return new TextDecoder().decode(result.reply);
}

Deno.test("a whole reply has all its times", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  const result = await ask(server.address);
  assert.equal(result.failure, null);
  assert.equal(text(result), "hello");
  assert.deepEqual(result.remote, server.address);
  const { dialMs, writeMs, readMs, responseMs } = result.times;
  assert.ok(dialMs !== null && writeMs !== null && readMs !== null && responseMs !== null);
  assert.ok(dialMs > 0 && writeMs > 0 && readMs >= 0);
  assert.ok(Math.abs(dialMs + writeMs + readMs - responseMs) < 1 || readMs === 0);
});

Deno.test("names and IPv6 are targets too", async () => {
  await using four = startEchoServer({ listen: LOCAL });
  assert.equal((await ask({ ip: "localhost", port: four.address.port })).failure, null);
  await using six = startEchoServer({ listen: { ip: "::1", port: 0 } });
  assert.equal((await ask(six.address)).failure, null);
});

Deno.test("eight MiB come back whole", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  const data = crypto.getRandomValues(new Uint8Array(65_536));
  const big = new Uint8Array(8 * 1024 * 1024).map((_, index) => data[index % data.length] ?? 0);
  const result = await ask(server.address, { data: big, until: { bytes: big.length } });
  assert.equal(result.failure, null);
  assert.deepEqual(result.reply, big);
});

Deno.test("no data and no reply is a dial alone", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  const result = await ask(server.address, { data: new Uint8Array(0), until: { bytes: 0 } });
  assert.equal(result.failure, null);
  assert.equal(result.reply.length, 0);
});

Deno.test("with a half-close the reply ends at the target's FIN", async () => {
  await using server = startEchoServer({ listen: LOCAL, name: "a" });
  const result = await ask(server.address, { until: { quietMs: PLENTY_MS, halfClose: true } });
  assert.equal(result.failure, null);
  assert.equal(text(result), "a: hello");
});

Deno.test("without one the reply ends when nothing comes any more", async () => {
  await using server = startEchoServer({ listen: LOCAL, name: "a" });
  const result = await ask(server.address, { until: { quietMs: 50, halfClose: false } });
  assert.equal(result.failure, null);
  assert.equal(text(result), "a: hello");
});

Deno.test("a dead target refuses", async () => {
  await using dead = await RefusingAddress.take();
  const result = await ask(dead.address);
  assert.equal(result.failure?.kind, "refused");
  assert.equal(result.times.dialMs, null);
});

Deno.test("a name without an address is not found", async () => {
  const result = await ask({ ip: "nowhere.invalid", port: 1 });
  assert.equal(result.failure?.kind, "not_found");
});

Deno.test("a target that accepts nothing is a dial time-out", async () => {
  await using hole = await BlackHoleTarget.open();
  const result = await ask(hole.address, { timeoutMs: SOON_MS });
  if (hole.isReliable) assert.equal(result.failure?.kind, "dial_timeout");
  assert.notEqual(result.failure, null);
});

Deno.test("a target that never answers is a reply time-out", async () => {
  await using target = new SlowTarget();
  const result = await ask(target.address, { timeoutMs: SOON_MS });
  assert.deepEqual(result.failure, { kind: "reply_timeout", detail: "150 ms, 0 of 5 bytes came" });
});

Deno.test("a target that never reads does not hold the exchange beyond its time", async () => {
  await using target = new SlowTarget();
  const result = await ask(target.address, { data: new Uint8Array(64 * 1024 * 1024), timeoutMs: SOON_MS });
  assert.equal(result.failure?.kind, "reply_timeout");
  assert.equal(result.times.writeMs, null);
});

Deno.test("a reply that is too short tells what came", async () => {
  await using target = new TcpServer((connection) => writeAll(connection, HELLO.subarray(0, 3)));
  const result = await ask(target.address);
  // Closing with unread bytes resets; which of the two arrives first is the kernel's choice.
  assert.ok(["short_reply", "reset"].includes(result.failure?.kind ?? ""), result.failure?.kind);
  await using patient = new TcpServer(async (connection) => {
    await connection.read(new Uint8Array(10));
    await writeAll(connection, HELLO.subarray(0, 3));
  });
  const short = await ask(patient.address);
  assert.deepEqual(short.failure, { kind: "short_reply", detail: "3 of 5 bytes" });
  assert.equal(text(short), "hel");
});

Deno.test("a target that closes at once gives no reply, one that resets a reset", async () => {
  await using closing = await ClosingTarget.open("close");
  const closed = await ask(closing.address);
  assert.ok(["no_reply", "reset"].includes(closed.failure?.kind ?? ""), closed.failure?.kind);
  await using resetting = await ClosingTarget.open("reset");
  assert.equal((await ask(resetting.address)).failure?.kind, "reset");
});

Deno.test("a signal gives up at once, before or during the wait", async () => {
  await using target = new SlowTarget();
  const stop = new AbortController();
  const waiting = ask(target.address, { signal: stop.signal });
  stop.abort();
  assert.equal((await waiting).failure?.kind, "interrupted");
  assert.equal((await ask(target.address, { signal: stop.signal })).failure?.kind, "interrupted");
});
