import assert from "node:assert/strict";
import type { Connection, Relay, RelayEnd, TcpOptions } from "../../../../src/engine/engine.ts";
import { EpollConnection } from "../../../../src/engine/epoll/connection.ts";
import { Sock } from "../../../../src/engine/epoll/constants.ts";
import { EpollEngine } from "../../../../src/engine/epoll/engine.ts";
import { ListeningSocket } from "../../../../src/engine/epoll/listening_socket.ts";
import { readOption } from "../../../../src/engine/epoll/socket.ts";
import { receive } from "../../../kit/checksum.ts";
import { setOption } from "../../../../src/engine/epoll/tcp_options.ts";
import { echoTarget } from "../../../kit/echo_target.ts";
import { eventually } from "../../../kit/eventually.ts";
import { fdCount } from "../../../kit/fd_count.ts";
import { ResettableClient } from "../../../kit/resettable_client.ts";
import { TcpServer } from "../../../kit/tcp_server.ts";
import { within } from "../../../kit/within.ts";
import { libc } from "../../../kit/opened_libc.ts";
import { TurningEngine } from "../../../kit/turning_engine.ts";

const PLAIN_TCP: TcpOptions = { noDelay: false, keepAlive: null, userTimeoutMs: 0 };
const ANY_PORT = { ip: "127.0.0.1", port: 0 };

/** Waits for the first client of a listener of the engine. */
function accepting(engine: EpollEngine, tcp = PLAIN_TCP): { port: number; client: Promise<Connection> } {
  const { promise, resolve, reject } = Promise.withResolvers<Connection>();
  const listener = engine.listen(ANY_PORT, { backlog: 16, tcp }, {
    onAccept: resolve,
    onAcceptError: reject,
  });
  return { port: listener.address.port, client: promise };
}

function connecting(
  engine: EpollEngine,
  target: { ip: string; port: number },
  tcp = PLAIN_TCP,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    engine.connect(target, { timeoutMs: 5_000, tcp }, { onOpen: resolve, onFail: reject });
  });
}

function descriptorOf(connection: Connection): number {
  assert.ok(connection instanceof EpollConnection);
  return connection.descriptor;
}

Deno.test("accepted and opened connections have the options that were asked for", async () => {
  await using turning = new TurningEngine();
  const tcp = {
    noDelay: true,
    keepAlive: { idleS: 61, intervalS: 11, count: 7 },
    userTimeoutMs: 31_000,
    receiveBufferBytes: 65_536,
    sendBufferBytes: 32_768,
  };
  const { port, client } = accepting(turning.engine, tcp);
  const peer = await Deno.connect({ hostname: "127.0.0.1", port });
  const accepted = descriptorOf(await within("the client", client));
  const opened = descriptorOf(await connecting(turning.engine, { ip: "127.0.0.1", port }, tcp));
  for (const descriptor of [accepted, opened]) {
    const tcpOption = (option: number): number => readOption(libc, descriptor, Sock.IPPROTO_TCP, option);
    const socketOption = (option: number): number => readOption(libc, descriptor, Sock.SOL_SOCKET, option);
    assert.equal(tcpOption(Sock.TCP_NODELAY), 1);
    // The kernel doubles what is asked for, for its own use (man 7 socket).
    assert.equal(socketOption(Sock.SO_RCVBUF), 131_072);
    assert.equal(socketOption(Sock.SO_SNDBUF), 65_536);
    await eventually(
      "the options that short connections are spared",
      () => tcpOption(Sock.TCP_USER_TIMEOUT) === 31_000,
    );
    assert.equal(socketOption(Sock.SO_KEEPALIVE), 1);
    assert.equal(tcpOption(Sock.TCP_KEEPIDLE), 61);
    assert.equal(tcpOption(Sock.TCP_KEEPINTVL), 11);
    assert.equal(tcpOption(Sock.TCP_KEEPCNT), 7);
  }
  peer.close();
});

Deno.test("options that are not asked for are left to the system", async () => {
  await using target = echoTarget();
  await using turning = new TurningEngine();
  const descriptor = descriptorOf(await connecting(turning.engine, target.address));
  assert.equal(readOption(libc, descriptor, Sock.IPPROTO_TCP, Sock.TCP_NODELAY), 0);
  assert.equal(readOption(libc, descriptor, Sock.SOL_SOCKET, Sock.SO_KEEPALIVE), 0);
  assert.equal(readOption(libc, descriptor, Sock.IPPROTO_TCP, Sock.TCP_USER_TIMEOUT), 0);
});

Deno.test("with TCP_DEFER_ACCEPT a client is accepted when it has sent something", async () => {
  await using turning = new TurningEngine();
  let accepted = 0;
  const listener = turning.engine.listen(ANY_PORT, {
    backlog: 16,
    tcp: PLAIN_TCP,
    deferAcceptS: 5,
    fastOpenQueue: 8,
  }, {
    onAccept: () => void accepted++,
    onAcceptError: assert.fail,
  });
  const { port } = listener.address;
  const silent = await Deno.connect({ hostname: "127.0.0.1", port });
  const talking = await Deno.connect({ hostname: "127.0.0.1", port });
  await talking.write(new Uint8Array(1));
  await eventually("the client that sends", () => accepted === 1 || accepted);
  assert.equal(accepted, 1);
  silent.close();
  talking.close();
});

Deno.test("an adopted descriptor stays the caller's", async () => {
  const socket = ListeningSocket.open(ANY_PORT, 16);
  const before = fdCount();
  {
    await using turning = new TurningEngine();
    const accepted: Connection[] = [];
    const options = { backlog: 16, tcp: PLAIN_TCP, descriptor: socket.descriptor };
    const listener = turning.engine.listen(ANY_PORT, options, {
      onAccept: (connection) => void accepted.push(connection),
      onAcceptError: assert.fail,
    });
    assert.deepEqual(listener.address, socket.address);
    const first = await Deno.connect({ hostname: "127.0.0.1", port: socket.address.port });
    await eventually("the first client", () => accepted.length === 1);
    await within("the listener to close", new Promise<void>((resolve) => listener.close(resolve)));
    const second = await Deno.connect({ hostname: "127.0.0.1", port: socket.address.port });
    const turnsBefore = turning.turns;
    await eventually("some turns", () => turning.turns > turnsBefore + 5);
    assert.equal(accepted.length, 1);
    first.close();
    second.close();
  }
  assert.equal(fdCount(), before);
  socket.close();
});

Deno.test("after a long silence a connect has its whole time", async () => {
  await using target = echoTarget();
  const engine = new EpollEngine({
    clock: { wallTime: Date.now },
    gate: { words: new Int32Array(1), index: 0 },
  });
  // The engine's idea of the present is older than the time-out by now.
  const silentFrom = performance.now();
  await eventually("the silence to be long", () => performance.now() - silentFrom > 120);
  let outcome = "none";
  engine.connect(target.address, { timeoutMs: 100, tcp: PLAIN_TCP }, {
    onOpen: () => outcome = "open",
    onFail: (error) => outcome = error.code,
  });
  await eventually("the outcome", () => {
    engine.turn(0);
    return outcome !== "none";
  });
  assert.equal(outcome, "open");
  engine.shutdown();
});

Deno.test("a shutdown frees every descriptor, in whatever state, without a callback", async () => {
  await using target = new TcpServer(async (connection) => void await count(connection));
  const before = fdCount();
  const turning = new TurningEngine();
  const { engine } = turning;
  const { port, client } = accepting(engine);
  const peer = await Deno.connect({ hostname: "127.0.0.1", port });
  const accepted = await within("the client", client);
  const opened = await connecting(engine, target.address);
  const relay = engine.relay(accepted, opened, { onHalfClose: assert.fail, onDone: assert.fail });
  engine.connect(target.address, { timeoutMs: 5_000, tcp: PLAIN_TCP }, {
    onOpen: assert.fail,
    onFail: assert.fail,
  });
  engine.timer(0, () => assert.fail("timer"));
  engine.shutdown();
  await turning[Symbol.asyncDispose]();
  relay.stop("reset");
  accepted.close();
  opened.reset();
  peer.close();
  await eventually("every descriptor to be returned", () => fdCount() <= before || fdCount() - before);
});

Deno.test("a relay moves bulk both ways at once, and returns its pipes", async () => {
  const total = 64 * 1024 * 1024;
  const received = Promise.withResolvers<number>();
  await using target = new TcpServer(async (connection) => {
    const writing = fill(connection, total);
    received.resolve(await count(connection));
    await writing;
  });
  await using turning = new TurningEngine();
  const { engine } = turning;
  const { port, client } = accepting(engine);
  const peer = await Deno.connect({ hostname: "127.0.0.1", port });
  const accepted = await client;
  const opened = await connecting(engine, target.address);
  const ends: RelayEnd[] = [];
  const relay: Relay = engine.relay(accepted, opened, {
    onHalfClose(): void {},
    onDone: (end) => void ends.push(end),
  });
  const writing = fill(peer, total);
  assert.equal(await within("the target's bytes", count(peer), 60_000), total);
  assert.equal(await within("the client's bytes", received.promise, 60_000), total);
  await writing;
  await eventually("the end", () => ends.length === 1);
  assert.deepEqual(ends, ["done"]);
  assert.equal(relay.bytesFromClient, total);
  assert.equal(relay.bytesFromTarget, total);
  peer.close();
});

Deno.test("bytes before a reset reach a target that reads late", async () => {
  // More than a receiver's first window, so that some wait in the engine's kernel.
  const total = 256 * 1024;
  const release = Promise.withResolvers<void>();
  const seen = { bytes: 0, end: "none" };
  await using target = new TcpServer(async (connection) => {
    await release.promise;
    try {
      seen.bytes = await count(connection, (bytes) => seen.bytes = bytes);
      seen.end = "FIN";
    } catch {
      seen.end = "RST";
    }
  });
  await using turning = new TurningEngine();
  const { engine } = turning;
  const { port, client } = accepting(engine);
  await using peer = await ResettableClient.open(port);
  const opened = await connecting(engine, target.address);
  const ends: RelayEnd[] = [];
  const relay = engine.relay(await client, opened, {
    onHalfClose(): void {},
    onDone: (end) => void ends.push(end),
  });
  void peer.write(new Uint8Array(total));
  await eventually(
    "all bytes to be passed on",
    () => relay.bytesFromClient === total || relay.bytesFromClient,
  );
  peer.reset();
  // Long enough for a reset that did not wait to have overtaken the bytes.
  const resetAt = performance.now();
  await eventually("the engine to have had its time", () => performance.now() - resetAt > 200);
  assert.deepEqual(ends, []);
  release.resolve();
  await eventually("the target to see the end", () => seen.end !== "none");
  assert.deepEqual(seen, { bytes: total, end: "RST" });
  assert.deepEqual(ends, ["client_reset"]);
});

Deno.test("a closed connection is given up when its peer takes nothing, and not while it takes something", async () => {
  await using turning = new TurningEngine();
  const { engine } = turning;
  const { port, client } = accepting(engine);
  const peer = await Deno.connect({ hostname: "127.0.0.1", port });
  const accepted = await within("the client", client);
  assert.ok(accepted instanceof EpollConnection);
  accepted.write(new Uint8Array(64 * 1024 * 1024));
  accepted.close();
  const { wheel } = accepted.reactor;
  for (let rounds = 0; rounds < 3; rounds++) {
    await within("some bytes", receive(peer, 6 * 1024 * 1024));
    wheel.advance(wheel.nowMs + 30_001);
    assert.equal(engine.lingering, 1);
  }
  await eventually("the last progress", () => {
    wheel.advance(wheel.nowMs + 30_001);
    return engine.lingering === 0;
  });
  await assert.rejects(count(peer), Deno.errors.ConnectionReset);
  peer.close();
});

/** How long a connection lasts whose program has closed it while the peer had not, seconds (man 7 tcp). */
const TCP_LINGER2 = 8;

Deno.test("a peer that is gone after its FIN is found by probing, and hears nothing of it before", async () => {
  await using turning = new TurningEngine();
  const { engine } = turning;
  const { port, client } = accepting(engine);
  const peer = await connecting(engine, { ip: "127.0.0.1", port });
  const accepted = await within("the client", client);
  const ended = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<string>();
  accepted.handler = {
    onData: () => assert.fail("data"),
    onDrain: assert.fail,
    onEnd: ended.resolve,
    onClose: (error) => closed.resolve(error?.code ?? "no error"),
  };
  accepted.resume();
  let heard = 0;
  peer.handler = {
    onData: (bytes) => void (heard += bytes.length),
    onDrain: assert.fail,
    onEnd: assert.fail,
    onClose: () => assert.fail("closed"),
  };
  peer.resume();
  peer.end();
  await within("the FIN", ended.promise);
  accepted.probePeer();
  const probedAt = performance.now();
  await eventually("some probes of a peer that is there", () => performance.now() - probedAt > 2_500);
  assert.equal(heard, 0);
  assert.equal((accepted as EpollConnection).isClosed, false);
  setOption(libc, descriptorOf(peer), Sock.IPPROTO_TCP, TCP_LINGER2, 1);
  peer.close();
  assert.equal(await within("the end", closed.promise), "reset");
});

Deno.test("options that are set late leave the keep-alive of a peer that is probed as it is", async () => {
  await using turning = new TurningEngine();
  const tcp = { ...PLAIN_TCP, keepAlive: { idleS: 61, intervalS: 11, count: 7 }, userTimeoutMs: 31_000 };
  const { port, client } = accepting(turning.engine, tcp);
  const peer = await Deno.connect({ hostname: "127.0.0.1", port });
  const accepted = await within("the client", client);
  accepted.probePeer();
  const tcpOption = (option: number): number =>
    readOption(libc, descriptorOf(accepted), Sock.IPPROTO_TCP, option);
  await eventually("the other options", () => tcpOption(Sock.TCP_USER_TIMEOUT) === 31_000);
  assert.equal(tcpOption(Sock.TCP_KEEPIDLE), 1);
  assert.equal(tcpOption(Sock.TCP_KEEPINTVL), 1);
  peer.close();
});

Deno.test("a connection of another engine is refused", async () => {
  await using turning = new TurningEngine();
  const foreign = {} as Connection;
  assert.throws(
    () => turning.engine.relay(foreign, foreign, { onHalfClose(): void {}, onDone(): void {} }),
    TypeError,
  );
});

Deno.test("a listen address in use, a target that is no address, a descriptor that is none", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const before = fdCount();
  {
    await using turning = new TurningEngine();
    const { engine } = turning;
    const handler = { onAccept: assert.fail, onAcceptError: assert.fail };
    const inUse = { ip: "127.0.0.1", port: taken.addr.port };
    assert.throws(() => engine.listen(inUse, { backlog: 1, tcp: PLAIN_TCP }, handler), { code: "in_use" });
    assert.throws(
      () => engine.listen(ANY_PORT, { backlog: 1, tcp: PLAIN_TCP, descriptor: 19_999 }, handler),
      {
        code: "other",
      },
    );
    await assert.rejects(connecting(engine, { ip: "localhost", port: 1 }), TypeError);
  }
  assert.equal(fdCount(), before);
  taken.close();
});

async function fill(connection: Deno.TcpConn, total: number): Promise<void> {
  const piece = new Uint8Array(256 * 1024);
  for (let sent = 0; sent < total;) {
    sent += await connection.write(piece.subarray(0, Math.min(piece.length, total - sent)));
  }
  await connection.closeWrite();
}

async function count(connection: Deno.Conn, onBytes = (_total: number): void => {}): Promise<number> {
  const buffer = new Uint8Array(256 * 1024);
  let total = 0;
  for (let got = await connection.read(buffer); got !== null; got = await connection.read(buffer)) {
    total += got;
    onBytes(total);
  }
  return total;
}
