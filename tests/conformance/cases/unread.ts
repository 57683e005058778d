import assert from "node:assert/strict";
import { receive, send, tallyOf } from "../../kit/checksum.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { TcpServer } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";
import type { ProxyUnderTest } from "../proxy_under_test.ts";
import type { Suite } from "./case.ts";

const SIZES = [1, 100, 70_000, 4 * 1024 * 1024];

/** Bytes that were read and given back come first, and count. */
export function unreadCases(suite: Suite): void {
  for (const size of SIZES) {
    suite.test(`relays ${size} bytes of which the first were given back`, async () => {
      await using target = echoTarget();
      await using proxy = await suite.start({ mode: "unread", target: target.address });
      await exchange(proxy, size);
      const { end, bytesFromClient, bytesFromTarget } = await proxy.report("relay_done");
      assert.deepEqual([end, bytesFromClient, bytesFromTarget], ["done", size, size]);
    });

    suite.test(`delivers ${size} bytes of which the first were given back`, async () => {
      await using proxy = await suite.start({ mode: "unread", target: null });
      await exchange(proxy, size);
      assert.equal((await proxy.report("closed")).code, null);
    });
  }

  for (const isRelayed of [true, false]) {
    suite.test(`what is given back after the end is followed by the end, ${isRelayed ? "relayed" : "delivered"}`, async () => {
      await using target = echoTarget();
      const to = isRelayed ? target.address : null;
      await using proxy = await suite.start({ mode: "unread", target: to, afterEnd: true });
      await exchange(proxy, 100);
    });
  }

  suite.test("a target that speaks first is heard while the client's bytes were given back", async () => {
    await using target = new TcpServer(async (connection) => {
      await send(connection, 5, 1_000);
      assert.deepEqual(await receive(connection), tallyOf(6, 10));
    });
    await using proxy = await suite.start({ mode: "unread", target: target.address });
    const client = await proxy.connect();
    await send(client, 6, 10);
    assert.deepEqual(await within("the greeting", receive(client, 1_000)), tallyOf(5, 1_000));
    client.close();
    await proxy.report("relay_done");
  });

  suite.test("a connection tells the addresses that it was given", async () => {
    await using proxy = await suite.start({ mode: "unread", target: null });
    const client = await proxy.connect();
    await client.write(new Uint8Array(1));
    const { remote, local } = await proxy.report("readdressed");
    assert.deepEqual([remote, local], [{ ip: "192.0.2.1", port: 1 }, { ip: "2001:db8::2", port: 2 }]);
    client.close();
    await proxy.report("closed");
  });
}

/** Sends a pattern through the proxy, and expects it back. */
async function exchange(proxy: ProxyUnderTest, size: number): Promise<void> {
  const client = await proxy.connect();
  const sent = send(client, size, size).then(() => client.closeWrite());
  const got = await within(`the echo of ${size} bytes`, receive(client), 60_000);
  await sent;
  client.close();
  assert.deepEqual(got, tallyOf(size, size));
}
