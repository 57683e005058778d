import assert from "node:assert/strict";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { ResettableClient } from "../../kit/resettable_client.ts";
import { within } from "../../kit/within.ts";
import { Command } from "../protocol.ts";
import { CONNECT_TIMEOUT_MS, type Suite } from "./case.ts";

const QUEUED = 500;

/** Listeners: addresses, pausing, closing. */
export function listeningCases(suite: Suite): void {
  suite.test("a listener on port 0 tells its port, and both ends their addresses", async () => {
    await using proxy = await suite.start({ mode: "hold" });
    assert.notEqual(proxy.port, 0);
    const client = await proxy.connect();
    const { remote, local } = await proxy.report("accepted");
    assert.deepEqual(remote, { ip: "127.0.0.1", port: client.localAddr.port });
    assert.deepEqual(local, { ip: "127.0.0.1", port: proxy.port });
    client.close();
  });

  suite.test("an IPv4 client of a listener for both families has its IPv4 address, and so has our end", async () => {
    await using proxy = await suite.start({ mode: "hold", ip: "::" });
    const client = await proxy.connect();
    const { remote, local } = await proxy.report("accepted");
    assert.deepEqual(remote, { ip: "127.0.0.1", port: client.localAddr.port });
    assert.deepEqual(local, { ip: "127.0.0.1", port: proxy.port });
    client.close();
  });

  suite.test("a paused listener accepts nothing, and everybody once resumed", async () => {
    await using target = echoTarget();
    await using proxy = await suite.start({
      mode: "relay",
      target: target.address,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    });
    await proxy.command(Command.pauseListener);
    const clients = await Promise.all(Array.from({ length: 20 }, () => proxy.connect()));
    await proxy.command(Command.pauseListener);
    assert.equal(proxy.all("accepted").length, 0);
    await proxy.command(Command.resumeListener);
    await proxy.count("accepted", 20);
    for (const client of clients) client.close();
    await proxy.count("relay_done", 20);
  });

  suite.test(`closing a listener serves the ${QUEUED} clients that wait, and refuses the next`, async () => {
    await using proxy = await suite.start({ mode: "greet" });
    const clients = await Promise.all(Array.from({ length: QUEUED }, () => proxy.connect()));
    assert.equal(proxy.all("accepted").length, 0);
    await proxy.command(Command.closeListener);
    await proxy.report("listener_closed");
    const greetings = await within(
      "the greetings",
      Promise.all(clients.map((client) => client.read(new Uint8Array(8)))),
    );
    assert.deepEqual(greetings, new Array(QUEUED).fill(1));
    await assert.rejects(proxy.connect(), Deno.errors.ConnectionRefused);
    for (const client of clients) client.close();
    await proxy.count("closed", QUEUED);
  });

  suite.test("a client that resets while it waits does not disturb the others", async () => {
    await using proxy = await suite.start({ mode: "greet" });
    for (let i = 0; i < 30; i++) {
      await using gone = await ResettableClient.open(proxy.port);
      gone.reset();
    }
    const client = await proxy.connect();
    await proxy.command(Command.resumeListener);
    const buffer = new Uint8Array(8);
    assert.equal(await within("the greeting", client.read(buffer)), 1);
    client.close();
    await eventually(
      "the sessions to end",
      () => proxy.all("closed").length === proxy.all("accepted").length,
    );
  });
}
