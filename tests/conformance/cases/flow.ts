import assert from "node:assert/strict";
import { receive, tallyOf } from "../../kit/checksum.ts";
import { ResettableClient } from "../../kit/resettable_client.ts";
import { SlowTarget } from "../../kit/slow_target.ts";
import { within } from "../../kit/within.ts";
import { Command, type Scenario } from "../protocol.ts";
import { CONNECT_TIMEOUT_MS, type Suite } from "./case.ts";

const MIB = 1024 * 1024;
/** More than the kernel's buffers of two connections may hold together (tcp_wmem and tcp_rmem, tcp(7)). */
const KERNEL_BUFFERS_BYTES = 40 * MIB;
const PAUSE_MS = 300;

/** Back-pressure: who does not read stops who sends. */
export function flowCases(suite: Suite): void {
  suite.test("a relay to a target that does not read takes a bounded number of bytes", async () => {
    await using target = new SlowTarget();
    await sendUntilStuck(suite, {
      mode: "relay",
      target: target.address,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    });
  });

  suite.test("an echo to a client that does not read takes a bounded number of bytes", async () => {
    await sendUntilStuck(suite, { mode: "echo" });
  });

  suite.test("write says when to hold back, and onDrain when to go on", async () => {
    const bytes = 64 * MIB;
    await using proxy = await suite.start({ mode: "flood", bytes, heedful: true, finish: "end" });
    const client = await proxy.connect();
    const blocked = await proxy.report("blocked");
    assert.ok(blocked.written < bytes);
    const got = await within("all bytes", receive(client), 60_000);
    client.close();
    assert.equal(got.bytes, bytes);
    assert.equal((await proxy.report("closed")).code, null);
  });

  suite.test("close sends what was written, and the engine says until when", async () => {
    const bytes = 16 * MIB;
    await using proxy = await suite.start({ mode: "flood", bytes, heedful: false, finish: "close" });
    const client = await proxy.connect();
    assert.equal((await proxy.report("finished")).lingering, 1);
    const first = await within("the first bytes", receive(client, MIB));
    // Whatever the engine has to say until now is said.
    await proxy.command(Command.pauseListener);
    assert.deepEqual(proxy.all("flushed"), []);
    const rest = await within("all bytes", receive(client), 60_000);
    client.close();
    assert.equal(first.bytes + rest.bytes, bytes);
    assert.equal((await proxy.report("flushed")).lingering, 0);
  });

  suite.test("a client that goes while bytes wait for it is not waited for", async () => {
    const bytes = 16 * MIB;
    await using proxy = await suite.start({ mode: "flood", bytes, heedful: false, finish: "close" });
    await using client = await ResettableClient.open(proxy.port);
    assert.equal((await proxy.report("finished")).lingering, 1);
    client.reset();
    assert.equal((await proxy.report("flushed")).lingering, 0);
  });

  suite.test("reset drops what was written", async () => {
    const bytes = 64 * MIB;
    await using proxy = await suite.start({ mode: "flood", bytes, heedful: false, finish: "reset" });
    const client = await proxy.connect();
    await proxy.report("finished");
    const got = await within("the end", receive(client).catch(() => null), 60_000);
    client.close();
    assert.ok(got === null || got.bytes < bytes);
  });

  suite.test("a paused connection delivers nothing, and everything once resumed", async () => {
    await using proxy = await suite.start({ mode: "pause", pauseMs: PAUSE_MS });
    const client = await proxy.connect();
    await client.write(new Uint8Array(10));
    await proxy.report("paused");
    await client.write(new Uint8Array(100_000));
    await client.closeWrite();
    assert.equal((await proxy.report("resumed")).bytesWhilePaused, 0);
    assert.equal((await proxy.report("received")).bytes, 100_010);
    assert.equal((await proxy.report("closed")).code, null);
    assert.deepEqual(await receive(client), tallyOf(0, 0));
    client.close();
  });
}

/** Sends until nothing is taken for a second, and checks that this comes soon. */
async function sendUntilStuck(suite: Suite, scenario: Scenario): Promise<void> {
  await using proxy = await suite.start(scenario);
  const client = await proxy.connect();
  const piece = new Uint8Array(256 * 1024);
  let taken = 0;
  while (taken < 2 * KERNEL_BUFFERS_BYTES) {
    const count = await Promise.race([client.write(piece).catch(() => 0), quietSecond()]);
    if (count === 0) break;
    taken += count;
  }
  assert.ok(taken < KERNEL_BUFFERS_BYTES, `${taken} bytes were taken`);
  client.close();
}

async function quietSecond(): Promise<0> {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return 0;
}
