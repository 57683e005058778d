import assert from "node:assert/strict";
import type { EngineName } from "../../../src/engine/engine.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { endpointAt, httpApp, type HttpAppParts } from "../../kit/http_snapshots.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { HttpThread } from "../../kit/http_thread.ts";
import { rss } from "../../kit/rss.ts";
import { isSocketError, TcpServer, tryClose, writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";

const GIB = 1024 ** 3;
const PIECE = new Uint8Array(256 * 1024).fill(0x61);
/** More than the sockets' buffers on the way and the pieces in the test itself, less than a body that piles up. */
const FLAT_BYTES = 128 * 1024 * 1024;

function test(name: string, run: (engine: EngineName) => Promise<void>): void {
  for (const engine of ["epoll", "deno"] as const) Deno.test(`http on ${engine}: ${name}`, () => run(engine));
}

function start(
  engine: EngineName,
  targets: readonly HttpTarget[],
  parts: HttpAppParts = {},
): Promise<HttpThread> {
  const endpoints = targets.map(({ address }, i) => endpointAt(i + 1, address));
  return HttpThread.start(engine, httpApp({ strategy: "first", ...parts, targets: endpoints }));
}

test("a download of 1 GiB keeps memory flat, and arrives whole", async (engine) => {
  await using target = new HttpTarget(async ({ connection }) => {
    await writeAll(connection, new TextEncoder().encode(`HTTP/1.1 200 OK\r\nContent-Length: ${GIB}\r\n\r\n`));
    for (let sent = 0; sent < GIB; sent += PIECE.length) await writeAll(connection, PIECE);
    return "";
  });
  await using thread = await start(engine, [target]);
  using client = await HttpClient.to(thread.port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const before = rss();
  const buffer = new Uint8Array(1024 * 1024);
  let received = 0;
  let most = 0;
  while (received < GIB) {
    const count = await within("more of the download", client.connection.read(buffer));
    assert.notEqual(count, null);
    received += count ?? 0;
    most = Math.max(most, rss() - before);
  }
  assert.ok(received - GIB > 0 && received - GIB < 200, "the head and nothing else besides");
  assert.ok(most < FLAT_BYTES, `memory grew by ${most} bytes`);
});

test("an upload of 1 GiB keeps memory flat, and arrives whole", async (engine) => {
  let received = 0;
  await using target = new TcpServer(async (connection) => {
    const buffer = new Uint8Array(1024 * 1024);
    while (received < GIB) received += await connection.read(buffer) ?? Infinity;
    await writeAll(connection, new TextEncoder().encode(answerText(201, "stored")));
    await connection.read(buffer);
  });
  const app = httpApp({ targets: [endpointAt(1, target.address)] });
  await using thread = await HttpThread.start(engine, app);
  using client = await HttpClient.to(thread.port);
  await client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${GIB}\r\n\r\n`);
  const before = rss();
  let most = 0;
  for (let sent = 0; sent < GIB; sent += PIECE.length) {
    await within("more of the upload to be taken", writeAll(client.connection, PIECE));
    most = Math.max(most, rss() - before);
  }
  assert.equal((await client.answer()).status, 201);
  assert.ok(received - GIB > 0 && received - GIB < 500, `${received - GIB}`);
  assert.ok(most < FLAT_BYTES, `memory grew by ${most} bytes`);
  await eventually("the record", () => thread.records.length === 1);
  assert.equal(thread.records[0]?.replay, "streamed");
});

test("server-sent events arrive as they are sent", async (engine) => {
  const events = ["data: one\n\n", "data: two\n\n", "data: three\n\n"];
  let next = Promise.withResolvers<void>();
  await using target = new HttpTarget(async ({ connection }) => {
    const send = (text: string): Promise<void> => writeAll(connection, new TextEncoder().encode(text));
    await send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    for (const event of events) {
      await next.promise;
      next = Promise.withResolvers<void>();
      await send(event);
    }
    // The end would come in one piece with the last event.
    await next.promise;
    return null;
  });
  await using thread = await start(engine, [target]);
  using client = await HttpClient.to(thread.port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.match(await client.receive() ?? "", /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
  for (const event of events) {
    next.resolve();
    assert.equal(await client.receive(), `${event.length.toString(16)}\r\n${event}\r\n`);
  }
  next.resolve();
  assert.equal(await client.receive(), "0\r\n\r\n");
});

test("the loser of a fan-out stops receiving within 50 ms", async (engine) => {
  const stopped: number[] = [];
  const won = Promise.withResolvers<void>();
  let isAsked = Promise.withResolvers<void>();
  let go = won;
  await using loser = new HttpTarget(async ({ connection }) => {
    isAsked.resolve();
    await go.promise;
    const began = performance.now();
    await flood(connection);
    stopped.push(performance.now() - began);
    return null;
  });
  await using winner = new HttpTarget(async () => {
    await isAsked.promise;
    return answerText(200, "won");
  });
  await using thread = await start(engine, [loser, winner], { http: { dispatch: "fanout" } });
  // The machine may be busy: what counts is what the proxy needs when it gets the time.
  for (let i = 0; i < 5; i++) {
    using client = await HttpClient.to(thread.port);
    assert.equal((await client.get()).body, "won");
    go.resolve();
    await eventually("the loser to be stopped", () => stopped.length === i + 1);
    isAsked = Promise.withResolvers<void>();
    go = Promise.withResolvers<void>();
  }
  assert.ok(Math.min(...stopped) < 50, stopped.join(", "));
});

test("a client that resets takes the endpoints' work along at once", async (engine) => {
  await using target = new HttpTarget(({ connection }) => untilClosed(connection));
  await using other = new HttpTarget(({ connection }) => untilClosed(connection));
  await using thread = await start(engine, [target, other], { http: { dispatch: "fanout" } });
  const client = await HttpClient.to(thread.port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET");
  await eventually("both endpoints to be asked", () => target.requests.length + other.requests.length === 2);
  // What came last is not read by then: the close is a reset.
  tryClose(client.connection);
  await eventually("both endpoints to be left", () => target.open + other.open === 0 || "open");
});

test("a client that closes its connection takes the endpoints' work along within half_close_timeout", async (engine) => {
  await using target = new HttpTarget(({ connection }) => untilClosed(connection));
  await using other = new HttpTarget(({ connection }) => untilClosed(connection));
  await using thread = await start(engine, [target, other], {
    http: { dispatch: "fanout" },
    policy: { halfCloseTimeoutMs: 1_000 },
  });
  const client = await HttpClient.to(thread.port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await eventually("both endpoints to be asked", () => target.requests.length + other.requests.length === 2);
  // Nothing is unread: its kernel sends a FIN, as for a client that still listens.
  tryClose(client.connection);
  await eventually("both endpoints to be left", () => target.open + other.open === 0 || "open");
  await eventually("the record", () => thread.records.length === 1);
  assert.equal(thread.records[0]?.close_reason, "client_abort");
});

test("a client that goes within its answer takes the endpoint's work along", async (engine) => {
  let stopped = false;
  await using target = new HttpTarget(async ({ connection }) => {
    await flood(connection);
    stopped = true;
    return null;
  });
  await using thread = await start(engine, [target]);
  const client = await HttpClient.to(thread.port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.receive();
  tryClose(client.connection);
  await eventually("the endpoint to be stopped", () => stopped);
  await eventually("the record", () => thread.records.length === 1);
  assert.equal(thread.records[0]?.close_reason, "client_abort");
});

test("an upgrade becomes a tunnel", async (engine) => {
  await using target = new TcpServer(async (connection) => {
    const buffer = new Uint8Array(64 * 1024);
    const first = await connection.read(buffer);
    assert.match(new TextDecoder().decode(buffer.subarray(0, first ?? 0)), /\r\nUpgrade: echo\r\n/);
    const head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nwelcome";
    await writeAll(connection, new TextEncoder().encode(head));
    for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
      await writeAll(connection, buffer.subarray(0, count));
    }
  });
  await using thread = await HttpThread.start(engine, httpApp({ targets: [endpointAt(1, target.address)] }));
  using client = await HttpClient.to(thread.port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly");
  assert.equal((await client.answer({ toHead: false, upgrade: true })).status, 101);
  let text = "";
  while (!text.endsWith("early")) text += await client.receive();
  assert.equal(text, "welcomeearly");
  await client.send("more");
  assert.equal(await client.receive(), "more");
  await client.connection.closeWrite();
  assert.equal(await client.receive(), null);
  await eventually("the record", () => thread.records.length === 1);
  assert.deepEqual([thread.records[0]?.status, thread.records[0]?.close_reason], [101, "done"]);
});

/** Sends without end, until the peer resets. */
async function flood(connection: Deno.TcpConn): Promise<void> {
  try {
    await writeAll(
      connection,
      new TextEncoder().encode("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    );
    const size = new TextEncoder().encode(`${PIECE.length.toString(16)}\r\n`);
    for (;;) {
      await writeAll(connection, size);
      await writeAll(connection, PIECE);
      await writeAll(connection, new TextEncoder().encode("\r\n"));
    }
  } catch (error) {
    if (!isSocketError(error)) throw error;
  }
}

/** Answers nothing; the connection is closed as soon as the peer is gone. */
async function untilClosed(connection: Deno.TcpConn): Promise<null> {
  try {
    await connection.read(new Uint8Array(1));
  } catch (error) {
    if (!isSocketError(error)) throw error;
  }
  return null;
}
