import assert from "node:assert/strict";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { MetricsText } from "../../kit/metrics.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

Deno.test("a warm-up is over before the start is said, and is counted nowhere", async () => {
  await using echo = echoTarget();
  await using proxy = await Proxy.start({
    warm_up: "100ms",
    workers: 2,
    apps: [{ name: "tcp", ports: [ANY_PORT], targets: [`127.0.0.1:${echo.port}`] }],
  });
  assert.equal(echo.accepted, 0);
  assert.deepEqual(proxy.logged("data thread serves without having warmed up"), []);
  using client = await Client.to(await proxy.port("tcp"));
  assert.equal(await client.ask("hello"), "hello");
  const metrics = new MetricsText(await (await proxy.ask("/metrics")).text());
  assert.equal(metrics.sum("fproxy_connections_total", { app: "tcp" }), 1);
  const [listener] = (await proxy.app("tcp")).listeners;
  assert.equal(listener?.address, `127.0.0.1:${await proxy.port("tcp")}`);
});
