import assert from "node:assert/strict";
import { BlackHoleTarget } from "../../kit/black_hole_target.ts";
import { ClosingTarget } from "../../kit/closing_target.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { fdCount } from "../../kit/fd_count.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { ResettableClient } from "../../kit/resettable_client.ts";
import { ResettingTarget } from "../../kit/resetting_target.ts";
import { SlowTarget } from "../../kit/slow_target.ts";
import { isSocketError, TcpServer } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";
import type { ProxyUnderTest } from "../proxy_under_test.ts";
import { CONNECT_TIMEOUT_MS, type Suite } from "./case.ts";

/** Fits the first window of any connection, so it is at the receiver before what comes next. */
const SMALL_BYTES = 32 * 1024;
const TIMEOUT_MS = 300;

/** Sides that reset, refuse, do not answer. */
export function failureCases(suite: Suite): void {
  suite.test("a target's reset reaches the client, after the bytes before it", async () => {
    await using target = await ResettingTarget.open({ send: new Uint8Array(SMALL_BYTES) });
    await using proxy = await suite.start(relayTo(target));
    const client = await proxy.connect();
    await client.write(new Uint8Array(1));
    assert.equal(await within("the end of the connection", readToEnd(client)), SMALL_BYTES);
    client.close();
    const done = await proxy.report("relay_done");
    assert.deepEqual([done.end, done.firstEnded], ["target_reset", "target"]);
    assert.equal(done.bytesFromTarget, SMALL_BYTES);
  });

  suite.test("a client's reset reaches the target, after the bytes before it", async () => {
    const received = Promise.withResolvers<number>();
    await using target = new TcpServer(async (connection) => received.resolve(await readToEnd(connection)));
    await using proxy = await suite.start(relayTo(target));
    await using client = await ResettableClient.open(proxy.port);
    await eventually("the session", () => target.accepted === 1);
    await client.write(new Uint8Array(SMALL_BYTES));
    client.reset();
    assert.equal(await within("the end at the target", received.promise), SMALL_BYTES);
    const done = await proxy.report("relay_done");
    assert.deepEqual([done.end, done.firstEnded], ["client_reset", "client"]);
    assert.equal(done.bytesFromClient, SMALL_BYTES);
  });

  suite.test("a reset in the middle of bulk ends both sides", async () => {
    await using target = await ResettingTarget.open({ send: "endless" });
    await using proxy = await suite.start(relayTo(target));
    await using client = await ResettableClient.open(proxy.port);
    client.drain();
    await eventually("a stream", () => target.open === 1);
    client.reset();
    assert.equal((await proxy.report("relay_done")).end, "client_reset");
    await eventually("the target's side to end", () => target.open === 0);
  });

  for (const side of ["client", "target"] as const) {
    suite.test(`a ${side}'s reset ends a relay whose client does not read`, async () => {
      await using target = await ResettingTarget.open({ send: "endless" });
      await using proxy = await suite.start(relayTo(target));
      await using client = await ResettableClient.open(proxy.port);
      await eventually("a stream", () => target.open === 1);
      if (side === "client") client.reset();
      else target.reset();
      assert.equal((await proxy.report("relay_done")).end, `${side}_reset`);
      if (side === "client") await eventually("the target's side to end", () => target.open === 0);
    });
  }

  suite.test("a client's reset ends a relay whose target does not read", async () => {
    await using target = new SlowTarget();
    await using proxy = await suite.start(relayTo(target));
    await using client = await ResettableClient.open(proxy.port);
    const writing = writeWithoutEnd(client);
    await eventually("the client to be blocked", () => writing.isStuck());
    client.reset();
    assert.equal((await proxy.report("relay_done")).end, "client_reset");
  });

  suite.test("a write to a peer that has reset closes the connection with an error", async () => {
    await using proxy = await suite.start({ mode: "flood", bytes: 2 ** 40, heedful: true, finish: "end" });
    await using client = await ResettableClient.open(proxy.port);
    await proxy.report("blocked");
    client.reset();
    assert.equal((await proxy.report("closed")).code, "reset");
  });

  suite.test("a reset of a paused client that takes no more bytes closes the connection with an error", async () => {
    const flood = { mode: "flood", bytes: 2 ** 40, heedful: true, paused: true, finish: "end" } as const;
    await using proxy = await suite.start(flood);
    await using client = await ResettableClient.open(proxy.port);
    await proxy.report("blocked");
    client.reset();
    assert.equal((await proxy.report("closed")).code, "reset");
  });

  suite.test("a target that refuses", async () => {
    await using target = await RefusingAddress.take();
    await using proxy = await suite.start(relayTo(target));
    assert.equal(await bytesOfRefused(proxy), 0);
    assert.equal((await proxy.report("connect_failed")).code, "refused");
  });

  suite.test("a target that never answers", async () => {
    await using target = await BlackHoleTarget.open();
    await using proxy = await suite.start({
      mode: "relay",
      target: target.address,
      connectTimeoutMs: TIMEOUT_MS,
    });
    const client = await proxy.connect();
    assert.equal(await within("the end of the client", readToEnd(client)), 0);
    client.close();
    const failed = await proxy.report("connect_failed");
    assert.equal(failed.code, "timed_out");
    assert.ok(failed.afterMs >= TIMEOUT_MS, `after ${failed.afterMs} ms`);
  });

  for (const how of ["close", "reset"] as const) {
    suite.test(`a target that accepts and ends with a ${how} at once`, async () => {
      await using target = await ClosingTarget.open(how);
      await using proxy = await suite.start(relayTo(target));
      const client = await proxy.connect();
      assert.equal(await within("the end of the client", readToEnd(client)), 0);
      client.close();
      await eventually("the session's end", () => proxy.reports.some(isSessionEnd));
      const [failed] = proxy.all("connect_failed");
      // The reset may be there before the engine has seen the connection.
      if (failed !== undefined) assert.equal(failed.code, "reset");
      else if (how === "close") assert.equal((await proxy.report("relay_done")).end, "done");
      else assert.equal((await proxy.report("relay_done")).end, "target_reset");
    });
  }

  suite.test("an attempt that is cancelled is told nothing, and its descriptor is free", async () => {
    await using hole = await BlackHoleTarget.open();
    await using echo = echoTarget();
    for (const [target, cancelAfterMs] of [[hole, 0], [hole, 50], [echo, 0]] as const) {
      await using proxy = await suite.start({
        mode: "connect",
        target: target.address,
        timeoutMs: TIMEOUT_MS,
        cancelAfterMs,
      });
      await proxy.report("cancelled");
      const before = fdCount();
      // Long enough for the attempt's own time-out to have been seen, had it not been cancelled.
      await new Promise((resolve) => setTimeout(resolve, 2 * TIMEOUT_MS));
      assert.deepEqual([...proxy.all("connected"), ...proxy.all("connect_failed")], []);
      assert.ok(fdCount() <= before);
    }
  });
}

function relayTo(target: { readonly address: { readonly ip: string; readonly port: number } }): {
  readonly mode: "relay";
  readonly target: { readonly ip: string; readonly port: number };
  readonly connectTimeoutMs: number;
} {
  return { mode: "relay", target: target.address, connectTimeoutMs: CONNECT_TIMEOUT_MS };
}

function isSessionEnd(report: { readonly type: string }): boolean {
  return report.type === "relay_done" || report.type === "connect_failed";
}

/** Bytes up to the FIN or the RST. */
async function readToEnd(connection: Deno.Conn): Promise<number> {
  const buffer = new Uint8Array(64 * 1024);
  let total = 0;
  try {
    for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
      total += count;
    }
  } catch (error) {
    if (!isSocketError(error)) throw error;
  }
  return total;
}

/** Writes for as long as the peer takes it. */
function writeWithoutEnd(client: ResettableClient): { isStuck(): boolean } {
  const piece = new Uint8Array(256 * 1024);
  let lastAt = performance.now();
  let isOver = false;
  const write = async (): Promise<void> => {
    // Where the connection is over a write fails without a turn of the event loop: going on would block it for good.
    while (!isOver && await client.write(piece)) lastAt = performance.now();
  };
  void write();
  return {
    isStuck(): boolean {
      isOver ||= performance.now() - lastAt > 300;
      return isOver;
    },
  };
}

/** Bytes that a client gets before it is refused; that may be so soon that its own connect fails. */
async function bytesOfRefused(proxy: ProxyUnderTest): Promise<number> {
  try {
    using client = await proxy.connect();
    return await within("the end of the client", readToEnd(client));
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionReset) return 0;
    throw error;
  }
}
