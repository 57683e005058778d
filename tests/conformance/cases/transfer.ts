import assert from "node:assert/strict";
import { receive, send, tallyOf } from "../../kit/checksum.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { TcpServer } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";
import type { ProxyUnderTest } from "../proxy_under_test.ts";
import { CONNECT_TIMEOUT_MS, type Suite } from "./case.ts";

const MIB = 1024 * 1024;
const SIZES = [1, 1_000, 64 * 1024, MIB + 1, 64 * MIB];
const TRANSFER_DEADLINE_MS = 60_000;

/** Bytes arrive whole, whatever their number and direction, and a FIN ends one direction alone. */
export function transferCases(suite: Suite): void {
  for (const size of SIZES) {
    suite.test(`relays ${size} bytes there and back`, async () => {
      await using target = echoTarget();
      await using proxy = await startRelay(suite, target);
      await exchange(proxy, size);
      const { end, ...done } = await proxy.report("relay_done");
      assert.equal(end, "done");
      assert.equal(done.bytesFromClient, size);
      assert.equal(done.bytesFromTarget, size);
      assert.ok(done.isFirstByteSet && done.isActivityInOrder);
    });

    suite.test(`echoes ${size} bytes by onData and write`, async () => {
      await using proxy = await suite.start({ mode: "echo" });
      await exchange(proxy, size);
      assert.equal((await proxy.report("closed")).code, null);
    });
  }

  suite.test("relays different streams both ways at once", async () => {
    await using target = new TcpServer(async (connection) => {
      const [got] = await Promise.all([receive(connection), send(connection, 2, 8 * MIB)]);
      assert.deepEqual(got, tallyOf(1, 8 * MIB));
    });
    await using proxy = await startRelay(suite, target);
    const client = await proxy.connect();
    const [got] = await within(
      "both streams",
      Promise.all([receive(client, 8 * MIB), send(client, 1, 8 * MIB).then(() => client.closeWrite())]),
      TRANSFER_DEADLINE_MS,
    );
    client.close();
    assert.deepEqual(got, tallyOf(2, 8 * MIB));
    assert.equal((await proxy.report("relay_done")).end, "done");
  });

  suite.test("passes on the client's FIN, and the whole reply after it", async () => {
    await using target = new TcpServer(async (connection) => {
      assert.deepEqual(await receive(connection), tallyOf(3, 100_000));
      await send(connection, 4, MIB);
    });
    await using proxy = await startRelay(suite, target);
    const client = await proxy.connect();
    await send(client, 3, 100_000);
    await client.closeWrite();
    assert.deepEqual(await within("the reply", receive(client)), tallyOf(4, MIB));
    client.close();
    const { end, firstEnded } = await proxy.report("relay_done");
    assert.deepEqual([end, firstEnded], ["done", "client"]);
    assert.deepEqual(proxy.all("half_close").map((report) => report.side), ["client"]);
  });

  suite.test("passes on the target's FIN, and what the client sends after it", async () => {
    const received = Promise.withResolvers<unknown>();
    await using target = new TcpServer(async (connection) => {
      await send(connection, 5, 100_000);
      await connection.closeWrite();
      received.resolve(await receive(connection));
    });
    await using proxy = await startRelay(suite, target);
    const client = await proxy.connect();
    assert.deepEqual(await within("the greeting and the FIN", receive(client)), tallyOf(5, 100_000));
    await send(client, 6, MIB);
    client.close();
    assert.deepEqual(await within("the client's bytes at the target", received.promise), tallyOf(6, MIB));
    const { end, firstEnded } = await proxy.report("relay_done");
    assert.deepEqual([end, firstEnded], ["done", "target"]);
    assert.deepEqual(proxy.all("half_close").map((report) => report.side), ["target"]);
  });

  suite.test("sends what was written before a relay first, and loses no byte read before it", async () => {
    await using target = echoTarget();
    await using proxy = await suite.start({ mode: "preface", target: target.address });
    const client = await proxy.connect();
    await client.write(new TextEncoder().encode("hello"));
    await client.closeWrite();
    const buffer = new Uint8Array(100);
    let text = "";
    for (let count = await client.read(buffer); count !== null; count = await client.read(buffer)) {
      text += new TextDecoder().decode(buffer.subarray(0, count));
    }
    client.close();
    assert.equal(text, "preface\nhello");
    assert.equal((await proxy.report("relay_done")).end, "done");
  });
}

function startRelay(suite: Suite, target: TcpServer): Promise<ProxyUnderTest> {
  return suite.start({ mode: "relay", target: target.address, connectTimeoutMs: CONNECT_TIMEOUT_MS });
}

/** Sends a pattern through the proxy, and expects it back. */
async function exchange(proxy: ProxyUnderTest, size: number): Promise<void> {
  const client = await proxy.connect();
  const sent = send(client, size, size).then(() => client.closeWrite());
  const got = await within(`the echo of ${size} bytes`, receive(client), TRANSFER_DEADLINE_MS);
  await sent;
  client.close();
  assert.deepEqual(got, tallyOf(size, size));
}
