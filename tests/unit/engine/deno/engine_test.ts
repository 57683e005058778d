import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../../../src/base/clock.ts";
import { NetError } from "../../../../src/base/errors.ts";
import { LINGER_STALL_MS } from "../../../../src/engine/deno/connection.ts";
import { DenoEngine } from "../../../../src/engine/deno/engine.ts";
import type { AcceptHandler, Connection } from "../../../../src/engine/engine.ts";
import { receive } from "../../../kit/checksum.ts";
import { echoTarget } from "../../../kit/echo_target.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { fdCount } from "../../../kit/fd_count.ts";
import { within } from "../../../kit/within.ts";

const TCP = { noDelay: true, keepAlive: null, userTimeoutMs: 0 };
const LISTEN = { backlog: 16, tcp: TCP };
const ANY_PORT = { ip: "127.0.0.1", port: 0 };
const NOBODY: AcceptHandler = { onAccept: () => assert.fail("accepted"), onAcceptError: () => {} };

function newEngine(): DenoEngine {
  return new DenoEngine({ clock: systemClock, gate: { words: new Int32Array(1), index: 0 } });
}

Deno.test("an address that cannot be bound says why", () => {
  const engine = newEngine();
  // A socket without SO_REUSEPORT shares its port with nobody.
  const other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken = { ip: "127.0.0.1", port: other.addr.port };
  const codeOf = (code: string) => (error: unknown): boolean =>
    error instanceof NetError && error.code === code;
  assert.throws(() => engine.listen(taken, LISTEN, NOBODY), codeOf("in_use"));
  // TEST-NET-1 (RFC 5737) is nobody's own address.
  assert.throws(
    () => engine.listen({ ip: "192.0.2.1", port: 0 }, LISTEN, NOBODY),
    codeOf("unavailable_address"),
  );
  other.close();
  engine.shutdown();
});

Deno.test("two engines share a port", () => {
  const engines = [newEngine(), newEngine()] as const;
  const { address } = engines[0].listen(ANY_PORT, LISTEN, NOBODY);
  assert.deepEqual(engines[1].listen(address, LISTEN, NOBODY).address, address);
  for (const engine of engines) engine.shutdown();
});

Deno.test("a listener that is closed while the thread is held up still serves all that wait", async () => {
  let heldUpMs = 0;
  const clock: Clock = {
    now: () => systemClock.now() + heldUpMs,
    wallTime: () => systemClock.wallTime(),
    timer: (delayMs, callback) => systemClock.timer(delayMs, callback),
  };
  const engine = new DenoEngine({ clock, gate: { words: new Int32Array(1), index: 0 } });
  const accepted: Connection[] = [];
  const listener = engine.listen(ANY_PORT, { backlog: 512, tcp: TCP }, {
    onAccept: (client) => void accepted.push(client),
    onAcceptError: () => assert.fail("an accept failed"),
  });
  listener.pause();
  const { ip: hostname, port } = listener.address;
  const clients = await Promise.all(Array.from({ length: 400 }, () => Deno.connect({ hostname, port })));
  const closed = new Promise<void>((resolve) => listener.close(resolve));
  heldUpMs = 60_000;
  await within("the listener to close", closed);
  assert.equal(accepted.length, clients.length);
  for (const client of clients) client.close();
  engine.shutdown();
});

Deno.test("a closed connection is given up when its peer takes nothing, and not while it takes something", async () => {
  const clock = new FakeClock();
  const engine = new DenoEngine({ clock, gate: { words: new Int32Array(1), index: 0 } });
  const accepted = Promise.withResolvers<Connection>();
  const { address } = engine.listen(ANY_PORT, LISTEN, {
    onAccept: accepted.resolve,
    onAcceptError: accepted.reject,
  });
  const peer = await Deno.connect({ hostname: address.ip, port: address.port });
  const client = await within("the client", accepted.promise);
  client.write(new Uint8Array(64 * 1024 * 1024));
  client.close();
  // More than the kernel's buffers of both ends, each time.
  for (let taken = 0; taken < 16 * 1024 * 1024;) {
    const { bytes } = await within("some bytes", receive(peer, 8 * 1024 * 1024));
    taken += bytes;
    clock.advance(LINGER_STALL_MS + 1_000);
    assert.equal(engine.lingering, 1);
  }
  await eventually("the last progress", () => {
    clock.advance(LINGER_STALL_MS + 1_000);
    return engine.lingering === 0;
  });
  const rest = await within("the end", receive(peer).catch(() => ({ bytes: 0 })));
  assert.ok(rest.bytes < 48 * 1024 * 1024, "it was cut off");
  peer.close();
  engine.shutdown();
});

Deno.test("shutdown frees everything, without callbacks, and may be repeated", async () => {
  const before = fdCount();
  await using target = echoTarget();
  const engine = newEngine();
  const clients: Connection[] = [];
  const { address } = engine.listen(ANY_PORT, LISTEN, {
    onAccept: (client) => void clients.push(client),
    onAcceptError: () => {},
  });
  const open = (port: number, onOpen: (connection: Connection) => void): void => {
    engine.connect({ ip: "127.0.0.1", port }, { timeoutMs: 10_000, tcp: TCP }, {
      onOpen,
      onFail: () => assert.fail("a connection failed"),
    });
  };
  open(address.port, () => {});
  let isRelayed = false;
  open(target.port, (connection) => {
    const client = clients[0];
    if (client === undefined) return assert.fail("no client");
    engine.relay(client, connection, {
      onHalfClose: () => assert.fail("half-closed"),
      onDone: () => assert.fail("done"),
    });
    isRelayed = true;
  });
  await eventually("a relay", () => isRelayed);
  open(target.port, () => assert.fail("opened after the shutdown"));
  engine.timer(1, () => assert.fail("a timer fired"));
  engine.shutdown();
  engine.shutdown();
  await target[Symbol.asyncDispose]();
  await eventually("every descriptor to be returned", () => fdCount() <= before || fdCount());
});

Deno.test("an attempt that is cancelled as its connection opens leaks nothing", async () => {
  await using target = echoTarget();
  const engine = newEngine();
  const address = { ip: "127.0.0.1", port: target.port };
  const before = fdCount();
  for (let round = 0; round < 20; round++) {
    // Of attempts that open in one turn of the event loop, the first cancels the others, as a race of addresses does.
    const over = Promise.withResolvers<void>();
    const attempts = Array.from(
      { length: 5 },
      () =>
        engine.connect(address, { timeoutMs: 10_000, tcp: TCP }, {
          onOpen(connection, winner): void {
            for (const attempt of attempts) if (attempt !== winner) attempt.cancel();
            connection.close();
            over.resolve();
          },
          onFail: () => assert.fail("failed"),
        }),
    );
    await over.promise;
  }
  await eventually("the target to see no connection", () => target.open === 0);
  await eventually("every descriptor to be returned", () => fdCount() <= before || fdCount());
  engine.shutdown();
});

Deno.test("a connection of another engine is refused", () => {
  const engine = newEngine();
  const stranger = {} as Connection;
  assert.throws(
    () => engine.relay(stranger, stranger, { onHalfClose: () => {}, onDone: () => {} }),
    TypeError,
  );
  engine.shutdown();
});
