import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { ProxyHeaderTarget } from "../../kit/proxy_header_target.ts";
import { tryClose, writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";

const V1 = "PROXY TCP4 192.0.2.1 198.51.100.7 40000 443\r\n";
const TRUSTED = ["127.0.0.0/8"];

type AppInput = ConfigInput["apps"][number];

function start(app: Partial<AppInput> & Pick<AppInput, "targets">): Promise<Proxy> {
  return Proxy.start({
    access_log: { to: "stdout", format: "json" },
    apps: [{ name: "web", ports: [ANY_PORT], ...app }],
  });
}

/** Access records so far. */
function records(proxy: Proxy): Record<string, unknown>[] {
  return proxy.program.stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** The first record, once it is there. */
async function firstRecord(proxy: Proxy): Promise<Record<string, unknown>> {
  await eventually("a record", () => records(proxy).length > 0);
  return records(proxy)[0]!;
}

Deno.test("PROXY: the header's client is in the record, and its bytes are the session's", async () => {
  await using target = echoTarget();
  await using proxy = await start({
    targets: [`127.0.0.1:${target.port}`],
    proxy_protocol: { accept: "required", trusted: TRUSTED },
  });
  using client = await Client.to(await proxy.port("web"));
  await client.send("hello");
  assert.match(await client.ended(), /^(reset|closed)$/);
  using told = await Client.to(await proxy.port("web"));
  await told.send(V1);
  assert.equal(await told.ask("hello"), "hello");
  await told.finish();
  assert.equal(await told.receive(), null);
  await eventually("both records", () => records(proxy).length === 2);
  const [refused, served] = records(proxy);
  assert.deepEqual([refused?.close_reason, refused?.target], ["denied", null]);
  assert.deepEqual(
    [served?.close_reason, served?.client_addr, served?.proxy_addr, served?.bytes_in, served?.bytes_out],
    ["done", "192.0.2.1:40000", `127.0.0.1:${told.port}`, 5, 5],
  );
  assert.equal(proxy.logged("a client was turned away for its PROXY header").length, 1);
});

Deno.test("PROXY: access rules and limits go by the client of the header", async () => {
  await using target = echoTarget();
  await using proxy = await start({
    targets: [`127.0.0.1:${target.port}`],
    proxy_protocol: { accept: "required", trusted: TRUSTED },
    access: { rules: [{ deny: "203.0.113.0/24" }, { deny: "127.0.0.0/8" }] },
    limits: { per_client: { max_connections: 1 } },
  });
  const port = await proxy.port("web");
  const asked = async (ip: string): Promise<Client> => {
    const client = await Client.to(port);
    await client.send(V1.replace("192.0.2.1", ip));
    return client;
  };
  using denied = await asked("203.0.113.9");
  assert.match(await denied.ended(), /^(reset|closed)$/);
  using first = await asked("192.0.2.1");
  assert.equal(await first.ask("hello"), "hello");
  // They come from one address, and from that of a proxy.
  using other = await asked("192.0.2.2");
  assert.equal(await other.ask("hello"), "hello");
  using second = await asked("192.0.2.1");
  assert.match(await second.ended(), /^(reset|closed)$/);
  await eventually("records of those who were refused", () => records(proxy).length === 2);
  assert.deepEqual(records(proxy).map((one) => [one["client_addr"], one["close_reason"]]), [
    ["203.0.113.9:40000", "denied"],
    ["192.0.2.1:40000", "limit"],
  ]);
});

Deno.test("PROXY: a header in pieces, and with the first bytes of the session behind it", async () => {
  await using target = echoTarget();
  await using proxy = await start({
    targets: [`127.0.0.1:${target.port}`],
    proxy_protocol: { accept: "optional", trusted: TRUSTED },
  });
  const port = await proxy.port("web");
  using slow = await Client.to(port);
  for (const byte of V1) await slow.send(byte);
  assert.equal(await slow.ask("hello"), "hello");
  using quick = await Client.to(port);
  await quick.send(`${V1}hel`);
  await quick.send("lo");
  let reply = "";
  while (reply.length < 5) reply += await quick.receive();
  assert.equal(reply, "hello");
  using plain = await Client.to(port);
  assert.equal(await plain.ask("PROFIT"), "PROFIT");
});

Deno.test("PROXY: who sends no header in time, or half of one, is reset", async () => {
  await using target = echoTarget();
  await using proxy = await start({
    targets: [`127.0.0.1:${target.port}`],
    proxy_protocol: { accept: "required", trusted: TRUSTED },
  });
  const port = await proxy.port("web");
  using silent = await Client.to(port);
  using half = await Client.to(port);
  await half.send(V1.slice(0, 20));
  for (const client of [silent, half]) assert.match(await client.ended(10_000), /^(reset|closed)$/);
  assert.equal((await firstRecord(proxy)).close_reason, "idle_timeout");
  assert.equal(target.accepted, 0);
});

Deno.test("PROXY: a sender that is not trusted is refused, or served as it is", async () => {
  await using target = echoTarget();
  const targets = [`127.0.0.1:${target.port}`];
  const trusted = ["192.0.2.0/24"];
  await using proxy = await Proxy.start({
    apps: [
      { name: "required", ports: [ANY_PORT], targets, proxy_protocol: { accept: "required", trusted } },
      { name: "optional", ports: [ANY_PORT], targets, proxy_protocol: { accept: "optional", trusted } },
    ],
  });
  const required = await proxy.port("required");
  // Some see the reset within the call that connects.
  const ended = await Client.to(required).then(async (client) => {
    using refused = client;
    return await refused.ended();
  }, () => "reset");
  assert.match(ended, /^(reset|closed)$/);
  using served = await Client.to(await proxy.port("optional"));
  assert.equal(await served.ask(V1), V1);
});

Deno.test("PROXY: the strategy goes by the header's client", async () => {
  await using one = echoTarget({ prefix: "1" });
  await using two = echoTarget({ prefix: "2" });
  await using proxy = await start({
    targets: [`127.0.0.1:${one.port}`, `127.0.0.1:${two.port}`],
    strategy: {
      type: "rules",
      rules: [
        { when: 'client.ip in cidr("192.0.2.0/24")', use: { targets: [`127.0.0.1:${two.port}`] } },
        { use: { targets: [`127.0.0.1:${one.port}`] } },
      ],
    },
    proxy_protocol: { accept: "optional", trusted: TRUSTED },
  });
  const port = await proxy.port("web");
  using told = await Client.to(port);
  await told.send(V1);
  assert.equal(await told.ask("x"), "2x");
  using plain = await Client.to(port);
  assert.equal(await plain.ask("x"), "1x");
});

for (const version of ["v1", "v2"] as const) {
  Deno.test(`PROXY: targets are told of the client by ${version}, and of health checks that nobody is behind them`, async () => {
    await using target = new ProxyHeaderTarget();
    await using proxy = await start({
      targets: [target.address],
      proxy_protocol: { send: version },
      health_check: { interval: "200ms", initial_status: "down", healthy_threshold: 1 },
    });
    await eventually("the target to be up", () => target.headers.length >= 2);
    const { isLocal, addresses } = target.headers[0]!;
    assert.deepEqual([isLocal, addresses], [version === "v2", null]);
    const port = await proxy.port("web");
    using client = await Client.to(port);
    assert.equal(await client.ask("hello"), "hello");
    const told = target.headers.find((header) => header.addresses !== null);
    assert.deepEqual(told?.addresses, {
      kind: "inet",
      source: { ip: "127.0.0.1", port: client.port },
      destination: { ip: "127.0.0.1", port },
    });
    assert.deepEqual(target.strangers, []);
  });
}

Deno.test("PROXY: a target that speaks first to a silent client has the header by then", async () => {
  await using target = new ProxyHeaderTarget();
  await using proxy = await start({ targets: [{ address: target.address, send_proxy: "v2" }] });
  using _client = await Client.to(await proxy.port("web"));
  await eventually("the header", () => target.headers.length === 1);
});

Deno.test("PROXY: two proxies in a row pass the client on", async () => {
  await using target = new ProxyHeaderTarget();
  await using inner = await start({
    targets: [target.address],
    proxy_protocol: { accept: "required", trusted: TRUSTED, send: "v2" },
  });
  await using outer = await start({
    targets: [{ address: `127.0.0.1:${await inner.port("web")}`, send_proxy: "v2" }],
    proxy_protocol: { accept: "required", trusted: TRUSTED },
  });
  using client = await Client.to(await outer.port("web"));
  await client.send(V1);
  assert.equal(await client.ask("hello"), "hello");
  const [header] = target.headers;
  assert.ok(header?.addresses?.kind === "inet");
  assert.deepEqual(header.addresses.source, { ip: "192.0.2.1", port: 40_000 });
});

Deno.test("PROXY: in HTTP mode all requests of the connection are the header's client's", async () => {
  await using target = new HttpTarget(() => answerText(200, "ok"));
  await using proxy = await start({
    mode: "http",
    targets: [`http://127.0.0.1:${target.address.port}`],
    proxy_protocol: { accept: "required", trusted: TRUSTED },
  });
  const port = await proxy.port("web");
  using client = await HttpClient.to(port);
  await client.send(V1);
  assert.equal((await client.get("/")).status, 200);
  assert.equal((await client.get("/again")).status, 200);
  const record = await firstRecord(proxy);
  assert.deepEqual([record.client_addr, record.path], ["192.0.2.1:40000", "/"]);
});

Deno.test("PROXY: rollouts under load lose nothing", async () => {
  await using target = new ProxyHeaderTarget();
  const config = (idle: number): ConfigInput => ({
    apps: [{
      name: "web",
      ports: [ANY_PORT],
      targets: [target.address],
      idle_timeout: `${idle}s`,
      proxy_protocol: { accept: "required", trusted: TRUSTED, send: idle % 2 === 0 ? "v1" : "v2" },
    }],
  });
  await using proxy = await Proxy.start(config(600));
  const port = await proxy.port("web");
  const load = { isOver: false, served: 0, failures: [] as string[] };
  const clients = Promise.all(Array.from({ length: 8 }, async () => {
    while (!load.isOver) {
      await ask(port).then(() => load.served++, (error: unknown) => load.failures.push(`${error}`));
    }
  }));
  for (let round = 1; round <= 20; round++) await proxy.rollOut(config(600 + round));
  load.isOver = true;
  await clients;
  assert.deepEqual(load.failures, []);
  assert.ok(load.served > 20, `${load.served}`);
  assert.deepEqual(target.strangers, []);
});

async function ask(port: number): Promise<void> {
  const connection = await within("a connection", Deno.connect({ hostname: "127.0.0.1", port }));
  try {
    const buffer = new Uint8Array(16);
    await writeAll(connection, new TextEncoder().encode(V1));
    await writeAll(connection, buffer.subarray(0, 5));
    for (let received = 0; received < 5;) {
      const count = await within("an echo", connection.read(buffer));
      if (count === null) throw new Error(`Closed after ${received} bytes of the echo`);
      received += count;
    }
  } finally {
    tryClose(connection);
  }
}
