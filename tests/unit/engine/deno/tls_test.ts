import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { NetError, type NetErrorCode } from "../../../../src/base/errors.ts";
import { DenoEngine } from "../../../../src/engine/deno/engine.ts";
import { type ClientTls, TLS_HANDSHAKE_TIMEOUT_MS } from "../../../../src/engine/engine.ts";
import { type Certificate, CertificateAuthority } from "../../../kit/certificates.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { testWith } from "../../../kit/programs.ts";
import { TcpServer } from "../../../kit/tcp_server.ts";
import { within } from "../../../kit/within.ts";
import { connect, type Peer, Server } from "./peer.ts";

const BULK_BYTES = 4 * 1024 * 1024;

/** An engine, an authority, and a server for `api.test` and 127.0.0.1. */
class Setup implements AsyncDisposable {
  private constructor(
    readonly clock: FakeClock | typeof systemClock,
    readonly engine: DenoEngine,
    readonly authority: CertificateAuthority,
    readonly certificate: Certificate,
    readonly server: Server,
  ) {}

  static async create(clock: FakeClock | typeof systemClock = systemClock): Promise<Setup> {
    const engine = new DenoEngine({ clock, gate: { words: new Int32Array(1), index: 0 } });
    const authority = await CertificateAuthority.create();
    const certificate = await authority.issue(["api.test", "127.0.0.1", "::1"]);
    return new Setup(clock, engine, authority, certificate, new Server(engine, { tls: certificate }));
  }

  tls(changes: Partial<ClientTls> = {}): ClientTls {
    return { serverName: "api.test", caCerts: [this.authority.cert], insecureSkipVerify: false, ...changes };
  }

  /** Both ends of a connection. */
  async pair(changes: Partial<ClientTls> = {}): Promise<{ client: Peer; server: Peer }> {
    const next = this.server.next();
    const client = await connect(this.engine, this.server.address, this.tls(changes));
    return { client, server: await next };
  }

  /** A client of the runtime's own, whose handshake is over. */
  async runtimeClient(alpnProtocols = ["http/1.1"]): Promise<Deno.TlsConn> {
    const { ip, port } = this.server.address;
    const tcp = await Deno.connect({ hostname: ip, port });
    const tls = await Deno.startTls(tcp, {
      hostname: "api.test",
      caCerts: [this.authority.cert],
      alpnProtocols,
    });
    try {
      await within("the handshake", tls.handshake());
    } catch (error) {
      tls.close();
      throw error;
    }
    return tls;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.engine.shutdown();
    await this.authority[Symbol.asyncDispose]();
  }
}

function test(name: string, run: (setup: Setup) => Promise<void>): void {
  testWith(["openssl"], `TLS: ${name}`, async () => {
    await using setup = await Setup.create();
    await run(setup);
  });
}

async function failure(connecting: Promise<Peer>): Promise<NetErrorCode> {
  try {
    await connecting;
  } catch (error) {
    if (error instanceof NetError) return error.code;
    throw error;
  }
  throw new Error("It connected");
}

test("bytes and the ends of both directions pass, whether the server is verified or not", async (setup) => {
  for (const insecureSkipVerify of [false, true]) {
    const { client, server } = await setup.pair({ insecureSkipVerify });
    client.send("hello");
    await server.until("the request", ({ text }) => text === "hello");
    client.connection.end();
    await server.until("the client's end", ({ ended }) => ended);
    server.send("good bye");
    server.connection.end();
    await client.until("the reply and the end", ({ text, closed }) => text === "good bye" && closed === null);
    await server.until("the end", ({ closed }) => closed === null);
  }
});

test("megabytes pass both ways, in writes of any size", async (setup) => {
  const { client, server } = await setup.pair();
  for (const [from, to] of [[client, server], [server, client]] as const) {
    const piece = new Uint8Array(64 * 1024);
    for (let sent = 0; sent < BULK_BYTES; sent += piece.length) {
      if (from.connection.write(piece)) continue;
      const { drains } = from;
      await from.until("a drain", (peer) => peer.drains > drains);
    }
    await to.until("all bytes", ({ received }) => received === BULK_BYTES);
  }
});

test("a certificate must be trusted, for the name, and still valid", async (setup) => {
  const cases: [string, Partial<ClientTls>][] = [
    ["another name", { serverName: "other.test" }],
    ["another address", { serverName: "127.0.0.2" }],
    ["unknown authority", { caCerts: [] }],
  ];
  for (const [name, changes] of cases) {
    assert.equal(await failure(setup.pair(changes).then(onlyClient)), "tls", name);
  }
  setup.server.listener.setCertificate(await setup.authority.issue(["api.test"], { days: -1 }));
  assert.equal(await failure(setup.pair().then(onlyClient)), "tls", "expired");
  const { client } = await setup.pair({ insecureSkipVerify: true });
  client.connection.close();
});

function onlyClient({ client }: { client: Peer }): Peer {
  return client;
}

test("a certificate that cannot be used is a failure with a code: nothing is bound, or the old one stays", async (setup) => {
  const weak = await setup.authority.issue(["api.test"], { key: "rsa1024" });
  const isTold = (error: unknown): boolean =>
    error instanceof NetError && error.code === "tls" && error.side === "internal" &&
    /^Cannot use the certificate for 127\.0\.0\.1:\d+: .*key too small/.test(error.message);
  const { ip, port } = setup.server.address;
  assert.throws(() => new Server(setup.engine, { tls: weak }, { ip, port }), isTold);
  assert.throws(() => setup.server.listener.setCertificate(weak), isTold);
  const { client } = await setup.pair();
  client.connection.close();
});

test("a server may be named by its address", async (setup) => {
  for (const serverName of ["127.0.0.1", "::1"]) {
    const { client } = await setup.pair({ serverName });
    client.connection.close();
  }
  const { client } = await setup.pair({ serverName: "127.0.0.9", insecureSkipVerify: true });
  client.connection.close();
});

test("keys of RSA do as well", async (setup) => {
  setup.server.listener.setCertificate(await setup.authority.issue(["api.test"], { key: "rsa" }));
  const { client, server } = await setup.pair();
  client.send("hello");
  await server.until("the request", ({ text }) => text === "hello");
});

test("a certificate is replaced for new clients; the socket and open connections stay", async (setup) => {
  const before = await setup.pair();
  const { address } = setup.server;
  setup.server.listener.setCertificate(await setup.authority.issue(["new.test"]));
  assert.equal(await failure(setup.pair().then(onlyClient)), "tls", "the new one is not for the old name");
  const after = await setup.pair({ serverName: "new.test" });
  for (const { client, server } of [before, after]) {
    client.send("hello");
    await server.until("the request", ({ text }) => text === "hello");
  }
  assert.deepEqual(setup.server.address, address);
});

test("a listener goes from TLS to plain TCP and back", async (setup) => {
  const { listener, address } = setup.server;
  listener.setCertificate(null);
  const next = setup.server.next();
  const plain = await Deno.connect({ hostname: address.ip, port: address.port });
  await plain.write(new TextEncoder().encode("plain"));
  await (await next).until("the bytes", ({ text }) => text === "plain");
  plain.close();
  listener.setCertificate(setup.certificate);
  (await setup.pair()).client.connection.close();
});

test("a client that says nothing, or nothing sensible, disturbs nobody", async (setup) => {
  const { ip, port } = setup.server.address;
  const silent = await Deno.connect({ hostname: ip, port });
  const strange = await Deno.connect({ hostname: ip, port });
  await strange.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  const { client, server } = await setup.pair();
  client.send("hello");
  await server.until("the request", ({ text }) => text === "hello");
  await eventually(
    "the end of the strange one",
    () => setup.server.peers.some(({ closed }) => closed?.code === "tls"),
  );
  silent.close();
  await eventually(
    "the end of the silent one",
    () => setup.server.peers.some(({ closed }) => closed?.code === "reset"),
  );
  strange.close();
});

testWith(["openssl"], "TLS: a handshake that never ends is ended", async () => {
  const clock = new FakeClock();
  await using setup = await Setup.create(clock);
  const { ip, port } = setup.server.address;
  const next = setup.server.next();
  const silent = await Deno.connect({ hostname: ip, port });
  const server = await next;
  const finished = await setup.pair();
  finished.client.send("hello");
  await finished.server.until("the request", ({ text }) => text === "hello");
  clock.advance(TLS_HANDSHAKE_TIMEOUT_MS - 1_000);
  assert.equal(server.closed, undefined);
  clock.advance(2_000);
  await server.until("its end", ({ closed }) => closed?.code === "timed_out");
  await assertEnds(silent);
  silent.close();
  assert.equal(finished.server.closed, undefined, "the deadline is for the handshake alone");
});

/** The other end is gone: by a FIN, or an RST where it had something left to read. */
async function assertEnds(connection: Deno.Conn): Promise<void> {
  const end = connection.read(new Uint8Array(100)).catch((error) => {
    assert.ok(error instanceof Deno.errors.ConnectionReset, String(error));
    return null;
  });
  assert.equal(await within("the end", end), null);
}

test("close tells the end of TLS, reset does not", async (setup) => {
  for (const how of ["close", "reset"] as const) {
    const next = setup.server.next();
    const client = await setup.runtimeClient();
    const server = await next;
    server.send("all of it");
    await eventually("the write", () => client.read(new Uint8Array(100)).then((count) => count === 9));
    server.connection[how]();
    const end = client.read(new Uint8Array(100)).then(String, ({ name }: Error) => name);
    assert.equal(await within("the end", end), how === "close" ? "null" : "UnexpectedEof");
    client.close();
  }
});

test("a server that is cut off shows as a reset, not as an end", async (setup) => {
  await using hop = new TcpServer(async (client) => {
    const { ip, port } = setup.server.address;
    const upstream = await Deno.connect({ hostname: ip, port });
    const forward = client.readable.pipeTo(upstream.writable).catch(() => {});
    const buffer = new Uint8Array(64 * 1024);
    // The handshake and the first bytes pass; then TCP ends without the end of TLS.
    for (let total = 0; total < 5_000;) {
      const count = await upstream.read(buffer) ?? 0;
      total += count;
      await client.write(buffer.subarray(0, count));
    }
    await client.closeWrite();
    await forward;
  });
  const next = setup.server.next();
  const client = await connect(setup.engine, hop.address, setup.tls());
  (await next).connection.write(new Uint8Array(8_000));
  await client.until("the bytes", ({ received }) => received === 8_000);
  await client.until("the end", ({ closed }) => closed?.code === "reset");
  assert.equal(client.ended, false);
});

test("small writes one after another do not wait for acknowledgements", async (setup) => {
  const { client, server } = await setup.pair();
  const rounds = 50;
  const start = performance.now();
  for (let round = 1; round <= rounds; round++) {
    server.send("a");
    await client.until("the first", ({ received }) => received >= 2 * round - 1);
    server.send("b");
    await client.until("the second", ({ received }) => received === 2 * round);
  }
  const elapsedMs = performance.now() - start;
  assert.ok(elapsedMs < rounds * 40, `${elapsedMs} ms: delayed acknowledgements take 40 ms each`);
});

test("a side that does not read costs bounded memory", async (setup) => {
  for (const side of ["client", "server"] as const) {
    const pair = await setup.pair({ insecureSkipVerify: true });
    const reader = pair[side];
    const writer = side === "client" ? pair.server : pair.client;
    reader.connection.pause();
    let written = 0;
    const piece = new Uint8Array(64 * 1024);
    for (let isStuck = false; !isStuck;) {
      const { drains } = writer;
      written += piece.length;
      if (!writer.connection.write(piece)) isStuck = !await happens(() => writer.drains > drains);
    }
    assert.ok(written < 32 * 1024 * 1024, `${side} does not read, ${written} bytes were taken`);
    reader.connection.resume();
    await reader.until("all bytes after all", ({ received }) => received === written);
    reader.connection.reset();
    await writer.until("the end", ({ ended, closed }) => ended || closed !== undefined);
    writer.connection.reset();
  }
});

/** Whether something comes to be so within the time that loopback needs at most. */
async function happens(isSo: () => boolean): Promise<boolean> {
  try {
    await eventually("it", isSo, 1_000);
    return true;
  } catch {
    return false;
  }
}

test("an attempt may be cancelled within the handshake, or run out of time there", async (setup) => {
  await using deaf = new TcpServer((connection) =>
    connection.read(new Uint8Array(1)).then(() => hold(connection))
  );
  for (const insecureSkipVerify of [false, true]) {
    const tls = setup.tls({ insecureSkipVerify });
    assert.equal(await failure(connect(setup.engine, deaf.address, tls, 200)), "timed_out");
    const attempt = setup.engine.connect(deaf.address, { timeoutMs: 60_000, tcp: TCP_OPTIONS, tls }, {
      onOpen: () => assert.fail("it opened"),
      onFail: () => assert.fail("it failed"),
    });
    const { accepted } = deaf;
    await eventually("the handshake to begin", () => deaf.accepted > accepted || deaf.open > 0);
    attempt.cancel();
    attempt.cancel();
    await eventually("the connection to be closed", () => deaf.open === 0);
  }
});

const TCP_OPTIONS = { noDelay: true, keepAlive: null, userTimeoutMs: 0 };

/** Reads to the end, so that the end is seen. */
async function hold(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(4096);
  while (await connection.read(buffer) !== null);
}

test("HTTP/1.1 is what is spoken: other protocols are refused", async (setup) => {
  const client = await setup.runtimeClient(["h2", "http/1.1"]);
  assert.equal((await client.handshake()).alpnProtocol, "http/1.1");
  client.close();
  await assert.rejects(setup.runtimeClient(["h2"]));
});

test("a relay carries TLS on both sides", async (setup) => {
  await using target = new TcpServer(async (connection) => {
    const buffer = new Uint8Array(1000);
    for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
      await connection.write(buffer.subarray(0, count));
    }
  });
  const next = setup.server.next();
  const client = await connect(setup.engine, setup.server.address, setup.tls());
  const accepted = await next;
  const plain = await within(
    "the target",
    new Promise<Peer["connection"]>((resolve, reject) => {
      setup.engine.connect(target.address, { timeoutMs: 10_000, tcp: TCP_OPTIONS }, {
        onOpen: resolve,
        onFail: reject,
      });
    }),
  );
  const done = Promise.withResolvers<string>();
  setup.engine.relay(accepted.connection, plain, { onHalfClose: () => {}, onDone: done.resolve });
  client.send("through TLS");
  await client.until("the echo", ({ text }) => text === "through TLS");
  client.connection.end();
  await client.until("the end", ({ closed }) => closed === null);
  assert.equal(await within("the relay's end", done.promise), "done");
});
