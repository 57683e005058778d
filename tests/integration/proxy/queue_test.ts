import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce, Client, isRefused } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

const CAP = 20;
const WAITING = 400;

Deno.test(`a listener that is removed serves the ${WAITING} clients in its accept queue first`, async () => {
  await using target = echoTarget();
  const targets = [`127.0.0.1:${target.port}`];
  const kept = { name: "kept", ports: [ANY_PORT], targets };
  const removed = { name: "removed", ports: [ANY_PORT], targets, drain_timeout: "60s" };
  const config = (apps: ConfigInput["apps"]): ConfigInput => ({ max_connections: CAP, apps });
  await using proxy = await Proxy.start(config([kept, removed]));
  const port = await proxy.port("removed");
  const clients: Client[] = [];
  try {
    // At its cap the proxy accepts no more, and what comes waits in the kernel.
    for (let i = 0; i < CAP + WAITING; i++) clients.push(await Client.to(port));
    await eventually("the cap to be reached", async () => (await proxy.status()).connections.active >= CAP);
    await Promise.all(clients.map((client) => client.send("?")));
    const { active } = (await proxy.status()).connections;
    assert.ok(active <= CAP + 2, `${active} sessions: the others were to wait`);

    await proxy.rollOut(config([kept]));
    await eventually("the port to be closed", () => isRefused(port));
    for (const client of clients) {
      assert.equal(await client.receive(), "?");
      client[Symbol.dispose]();
    }
    assert.equal(await askOnce(await proxy.port("kept"), "!"), "!");
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});
