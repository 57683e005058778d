import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce, Client, isServed } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { LocalDaemon } from "../../kit/local_daemon.ts";
import { MetricsText } from "../../kit/metrics.ts";
import { echoClient, PacedClients } from "../../kit/paced_clients.ts";
import { say, testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy, TEST_ENGINE } from "../../kit/proxy.ts";
import { rss } from "../../kit/rss.ts";
import { floodFrom } from "../../kit/source_flood.ts";

/** Limits on connections in the program as users run it. */

type AppInput = ConfigInput["apps"][number];

function web(target: { readonly port: number }, settings: Partial<AppInput>): ConfigInput {
  return { apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`], ...settings }] };
}

async function metricsOf(proxy: Proxy): Promise<MetricsText> {
  return new MetricsText(await (await proxy.ask("/metrics")).text());
}

/** Answers to so many clients, one after another: those that were served. */
async function served(port: number, clients: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < clients; i++) if (await isServed(port)) count++;
  return count;
}

Deno.test("a client has so many connections at once, over two threads, and as many again when they ended", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start(web(target, { limits: { per_client: { max_connections: 5 } } }));
  const port = await proxy.port("web");
  for (let round = 0; round < 3; round++) {
    const clients: Client[] = [];
    try {
      for (let i = 0; i < 5; i++) clients.push(await Client.to(port));
      for (const client of clients) assert.equal(await client.ask("?"), "?");
      for (let i = 0; i < 4; i++) assert.equal(await isServed(port), false);
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
    await eventually(
      "all to be gone",
      async () => (await proxy.app("web")).counters.connections_active === 0,
    );
  }
  const labels = { app: "web", limit: "per_client.max_connections" };
  assert.equal((await metricsOf(proxy)).sum("fproxy_limit_refusals_total", labels), 12);
});

Deno.test("a bucket gives just its burst, over two threads", async () => {
  await using target = echoTarget();
  const limits = { per_client: { new_connections_per_second: 0.001, burst: 60 } };
  await using proxy = await Proxy.start(web(target, { limits }));
  assert.equal(await served(await proxy.port("web"), 150), 60);
  assert.equal(target.accepted, 60);
});

Deno.test("a dry run counts what would be turned away, and turns nobody away", async () => {
  await using target = echoTarget();
  const limits = { new_connections_per_second: 0.001, burst: 10, dry_run: true };
  await using proxy = await Proxy.start(web(target, { limits }));
  assert.equal(await served(await proxy.port("web"), 30), 30);
  const metrics = await metricsOf(proxy);
  const labels = { app: "web", limit: "new_connections_per_second" };
  assert.equal(metrics.sum("fproxy_limit_dry_run_total", labels), 20);
  assert.equal(metrics.sum("fproxy_limit_refusals_total", labels), 0);
});

Deno.test("in mode http who connects too often gets a 429 with Retry-After", async () => {
  await using target = new HttpTarget(() => answerText(200, "open"));
  const limits = { per_client: { new_connections_per_second: 0.05, burst: 1 } };
  await using proxy = await Proxy.start(web({ port: target.address.port }, { mode: "http", limits }));
  const port = await proxy.port("web");
  using first = await HttpClient.to(port);
  for (let request = 0; request < 3; request++) {
    assert.equal((await first.get()).status, 200, "one connection");
  }
  using second = await HttpClient.to(port);
  const { status, fields } = await second.answer();
  assert.equal(status, 429);
  const seconds = Number(fields.get("retry-after"));
  assert.ok(seconds > 10 && seconds <= 20, `${seconds}`);
  assert.equal((await proxy.app("web")).counters.connections_closed_total["limit"], 1);
});

testWith(
  ["python3"],
  "a flood from thousands of addresses takes bounded memory and shows, and a client from before is served on",
  async () => {
    await using target = echoTarget();
    const limits = {
      per_client: { max_connections: 50, new_connections_per_second: 0.01, burst: 3_000, max_entries: 1_000 },
    };
    await using proxy = await Proxy.start(web(target, { limits }));
    const port = await proxy.port("web");
    assert.equal((await floodFrom(port, 0, 500)).served, 500);
    const before = rss(proxy.pid);
    const clients = new PacedClients(20, echoClient(port));
    const flood = await floodFrom(port, 1_000, 6_000);
    await clients.stop();
    assert.equal(flood.served, 6_000, "each of them came once");
    assert.deepEqual(clients.results.filter(({ failure }) => failure !== null), []);
    const metrics = await metricsOf(proxy);
    const grown = rss(proxy.pid) - before;
    say(`6,000 addresses in a table of 1,000: memory grew by ${(grown / 1024 ** 2).toFixed(1)} MiB`);
    assert.equal(metrics.sum("fproxy_limit_clients", { app: "web" }), 1_000);
    assert.equal(metrics.sum("fproxy_limit_clients_max", { app: "web" }), 1_000);
    assert.ok(metrics.sum("fproxy_limit_clients_evicted_total", { app: "web" }) > 5_000);
    assert.ok(grown < 64 * 1024 ** 2, `${grown}`);
  },
);

testWith(
  ["python3"],
  "a flood that each client's limit holds off leaves others what they may have",
  async () => {
    await using target = echoTarget();
    const limits = { per_client: { new_connections_per_second: 0.01, burst: 2 } };
    await using proxy = await Proxy.start(web(target, { limits }));
    const port = await proxy.port("web");
    const first = await floodFrom(port, 7, 1);
    const again = [await floodFrom(port, 7, 1), await floodFrom(port, 7, 1), await floodFrom(port, 7, 1)];
    assert.deepEqual([first, ...again].map((one) => one.served), [1, 1, 0, 0]);
    assert.equal(await askOnce(port), "hello");
  },
);

Deno.test("after a thread has crashed clients may have as many connections as before", async () => {
  await using target = echoTarget();
  const config = web(target, { limits: { per_client: { max_connections: 20 } } });
  await using local = await LocalDaemon.start({ engine: TEST_ENGINE, workers: 2, ...config });
  const clients: Client[] = [];
  try {
    for (let i = 0; i < 20; i++) clients.push(await Client.to(local.port()));
    for (const client of clients) assert.equal(await client.ask("?"), "?");
    assert.equal(await isServed(local.port()), false);
    local.crash(0);
    await local.crashed(1);
    await eventually("the replacement", () => local.status.ready);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
  await eventually("all sessions to be gone", () => local.status.connections.active === 0);
  const fresh: Client[] = [];
  try {
    for (let i = 0; i < 20; i++) fresh.push(await Client.to(local.port()));
    for (const client of fresh) assert.equal(await client.ask("!"), "!");
    assert.equal(await isServed(local.port()), false);
  } finally {
    for (const client of fresh) client[Symbol.dispose]();
  }
  await eventually("all sessions to be gone", () => local.status.connections.active === 0);
});
