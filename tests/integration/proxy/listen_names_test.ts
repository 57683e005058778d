import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { Proxy } from "../../kit/proxy.ts";
import { freePort } from "../../kit/servers.ts";

Deno.test("localhost is both loopback addresses, for ports and for the admin server", async () => {
  await using a = echoTarget({ prefix: "a:" });
  const port = freePort();
  const config: ConfigInput = {
    admin: { listen: "localhost:0" },
    apps: [{
      name: "web",
      ports: [`localhost:${port}`, "localhost:0"],
      targets: [`localhost:${a.address.port}`],
    }],
  };
  await using proxy = await Proxy.start(config);
  const { state, listeners } = await proxy.app("web");
  assert.equal(state, "ready");
  const chosen = await proxy.port("web", 2);
  assert.deepEqual(listeners.map(({ listener, address, bound }) => [listener, address, bound]), [
    [`localhost:${port}`, `127.0.0.1:${port}`, true],
    [`localhost:${port}`, `[::1]:${port}`, true],
    ["localhost:0#web.1", `127.0.0.1:${chosen}`, true],
    ["localhost:0#web.1", `[::1]:${chosen}`, true],
  ]);
  for (const ip of ["127.0.0.1", "::1"]) {
    for (const one of [port, chosen]) assert.equal(await askOnce(one, "?", ip), "a:?", `${ip}:${one}`);
  }
  const admin = proxy.logged("admin server listens").map(({ address }) => String(address));
  assert.equal(admin.length, 2);
  for (const address of admin) {
    const response = await fetch(`http://${address}/livez`, { signal: AbortSignal.timeout(10_000) });
    assert.equal(await response.text(), "ok\n", address);
  }
});

Deno.test("a name and an address that turn out to be the same are an error of one app, not of the config", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  const port = freePort();
  await using proxy = await Proxy.start({
    apps: [
      { name: "named", ports: [`localhost:${port}`], targets: [`127.0.0.1:${a.address.port}`] },
      { name: "exact", ports: [`127.0.0.1:${port}`], targets: [`127.0.0.1:${b.address.port}`] },
      { name: "unknown", ports: ["nowhere.invalid:0"], targets: [`127.0.0.1:${b.address.port}`] },
    ],
  });
  const { apps } = await proxy.status();
  assert.deepEqual(apps.map(({ name, state }) => `${name} ${state}`), [
    "named degraded",
    "exact ready",
    "unknown failed",
  ]);
  assert.equal(await askOnce(port, "?", "::1"), "a:?");
  for (let i = 0; i < 4; i++) assert.equal(await askOnce(port, "?"), "b:?");
  const failed = apps[0]?.listeners.find(({ bound }) => !bound);
  assert.deepEqual([failed?.listener, failed?.address], [`localhost:${port}`, `127.0.0.1:${port}`]);
  assert.match(failed?.error ?? "", /^Cannot listen on 127\.0\.0\.1:\d+: app "exact" listens there: /);
  assert.match(apps[2]?.listeners[0]?.error ?? "", /^Cannot resolve nowhere\.invalid: /);
  const logged = proxy.logged("listen address cannot be bound").map(({ app, listener }) =>
    `${app} ${listener}`
  );
  assert.deepEqual([...new Set(logged)].sort(), [
    `named 127.0.0.1:${port}`,
    "unknown nowhere.invalid:0#unknown.0",
  ]);

  await proxy.rollOut({
    apps: [{ name: "named", ports: [`localhost:${port}`], targets: [`127.0.0.1:${a.address.port}`] }],
  });
  assert.equal((await proxy.app("named")).state, "ready");
  assert.equal(await askOnce(port, "?"), "a:?");
});
