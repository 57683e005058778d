import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { hashText } from "../../../src/strategy/hash.ts";
import { maglevSize, maglevTable } from "../../../src/strategy/mod.ts";
import { askOnce, Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import type { TcpServer } from "../../kit/tcp_server.ts";
import { get } from "../http/setup.ts";

type AppInput = ConfigInput["apps"][number];

function named(name: string): TcpServer {
  return echoTarget({ prefix: `${name}:` });
}

function at(target: { readonly port: number }): string {
  return `127.0.0.1:${target.port}`;
}

function webApp(changes: Partial<AppInput>): ConfigInput {
  return { apps: [{ name: "web", ports: [ANY_PORT], targets: ["127.0.0.1:1"], ...changes }] };
}

Deno.test("least_connections: sessions that stay open are spread evenly over two data threads", async () => {
  await using a = named("a");
  await using b = named("b");
  await using c = named("c");
  await using proxy = await Proxy.start(
    webApp({ targets: [at(a), at(b), at(c)], strategy: "least_connections" }),
  );
  const port = await proxy.port("web");
  const clients: Client[] = [];
  try {
    const counts: Record<string, number> = {};
    for (let session = 0; session < 30; session++) {
      const client = await Client.to(port);
      clients.push(client);
      const reply = await client.ask("?");
      counts[String(reply)] = (counts[String(reply)] ?? 0) + 1;
    }
    // One after another, so that no two threads look at the same moment.
    assert.deepEqual(counts, { "a:?": 10, "b:?": 10, "c:?": 10 });
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

Deno.test("source_hash: a client keeps its target over threads and reloads, by the table that control built", async () => {
  await using a = named("a");
  await using b = named("b");
  await using c = named("c");
  const servers = [a, b, c];
  const config = (targets: readonly TcpServer[]): ConfigInput =>
    webApp({ targets: targets.map(at), strategy: { type: "source_hash" } });
  await using proxy = await Proxy.start(config(servers));
  const port = await proxy.port("web");
  const owner = (targets: readonly TcpServer[]): string => {
    const entries = targets.map((target, index) => ({ key: at(target), weight: 1, index }));
    const table = maglevTable(entries, maglevSize(entries.length));
    return "abc"[servers.indexOf(targets[table[hashText("127.0.0.1") % table.length]!]!)]!;
  };
  const replies = async (): Promise<
    (string | null)[]
  > => [...new Set(await Promise.all(Array.from({ length: 40 }, () => askOnce(port, "?"))))];
  assert.deepEqual(await replies(), [`${owner(servers)}:?`]);
  const others = servers.filter((_, index) => "abc"[index] !== owner(servers));
  await proxy.rollOut(config(others));
  assert.deepEqual(await replies(), [`${owner(others)}:?`]);
  await proxy.rollOut(config(servers));
  assert.deepEqual(await replies(), [`${owner(servers)}:?`]);
});

Deno.test("source_hash: in mode http a path, a cookie or a header has its endpoint, whoever asks", async () => {
  await using a = new HttpTarget(() => answerText(200, "a"));
  await using b = new HttpTarget(() => answerText(200, "b"));
  const strategies = ["path", "cookie:id", "header:X-User"].map((key) => ({
    type: "source_hash" as const,
    key,
  }));
  await using proxy = await Proxy.start({
    apps: strategies.map((strategy, index) => ({
      name: `app${index}`,
      mode: "http" as const,
      ports: [ANY_PORT],
      targets: [at(a.address), at(b.address)],
      strategy,
    })),
  });
  let nonce = 0;
  for (const [index, { key }] of strategies.entries()) {
    const port = await proxy.port(`app${index}`);
    const asked = async (user: number): Promise<string> => {
      const path = key === "path" ? `/${user}?${nonce++}` : `/${nonce++}`;
      const headers = { "Cookie": `other=1; id=${user}`, "X-User": `${user}`, "Connection": "close" };
      return (await get(`http://127.0.0.1:${port}${path}`, { headers })).body;
    };
    const found = new Set<string>();
    for (let user = 0; user < 12; user++) {
      const bodies = new Set(await Promise.all([asked(user), asked(user), asked(user), asked(user)]));
      assert.equal(bodies.size, 1, `${key} ${user}`);
      found.add([...bodies][0] ?? "");
    }
    assert.equal(found.size, 2, key);
  }
});

Deno.test("priority: the second group takes over when the first is gone, without a client noticing", async () => {
  const a = named("a");
  await using b = named("b");
  await using proxy = await Proxy.start(webApp({
    targets: [{ address: at(a) }, { address: at(b), priority: 1 }],
    strategy: { type: "priority", strategy: "least_connections" },
  }));
  const port = await proxy.port("web");
  for (let session = 0; session < 5; session++) assert.equal(await askOnce(port, "?"), "a:?");
  await a[Symbol.asyncDispose]();
  for (let session = 0; session < 5; session++) assert.equal(await askOnce(port, "?"), "b:?");
});
