import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Client, turnedAway } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";

type AccessRecord = Readonly<Record<string, unknown>>;

function read(text: string): AccessRecord[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("each connection has one record, on standard output, with the right fields", async () => {
  await using target = echoTarget();
  await using refusing = await RefusingAddress.take();
  const [good, bad] = [`127.0.0.1:${target.port}`, `127.0.0.1:${refusing.port}`];
  const config: ConfigInput = {
    access_log: { to: "stdout" },
    apps: [
      { name: "echo", ports: [ANY_PORT], targets: [bad, good], max_connections: 1 },
      { name: 'broken "quoted"', ports: [ANY_PORT], targets: [bad] },
    ],
  };
  await using proxy = await Proxy.start(config);
  const [echo, broken] = [await proxy.port("echo"), await proxy.port('broken "quoted"')];
  const startedAt = Date.now();
  using client = await Client.to(echo);
  assert.equal(await client.ask("12345"), "12345");
  await turnedAway(echo);
  await client.finish();
  await client.ended();
  await turnedAway(broken);
  await eventually("three records", () => read(proxy.program.stdout).length === 3);
  const records = read(proxy.program.stdout);
  const [served, limited, failed] = ["done", "limit", "connect_failed"].map((reason) =>
    records.find((record) => record.close_reason === reason)
  );
  assert.deepEqual(
    { ...served, ts: null, id: null, connect_ms: null, first_byte_ms: null, duration_ms: null },
    {
      ts: null,
      id: null,
      app: "echo",
      listener: "127.0.0.1:0#echo.0",
      client_addr: `127.0.0.1:${client.port}`,
      target: good,
      attempts: 2,
      tried: [bad],
      connect_ms: null,
      first_byte_ms: null,
      duration_ms: null,
      bytes_in: 5,
      bytes_out: 5,
      revision: 1,
      picked_by: "round_robin",
      close_reason: "done",
    },
  );
  const times = [0, served?.connect_ms, served?.first_byte_ms, served?.duration_ms].map(Number);
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
  assert.ok((times.at(-1) ?? 0) <= Date.now() - startedAt + 1, times.join(" "));
  const ts = Date.parse(String(served?.ts));
  assert.ok(ts >= startedAt - 1 && ts <= Date.now(), String(served?.ts));
  assert.deepEqual([limited?.target, limited?.attempts, limited?.bytes_in], [null, 0, 0]);
  assert.deepEqual([failed?.app, failed?.target, failed?.tried], ['broken "quoted"', null, [bad]]);
  assert.equal(new Set(records.map((record) => record.id)).size, 3);
});

Deno.test("records go to a file, one for each of many connections, and move when the config says so", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start({ apps: [] });
  const config = (file: string, sample = 1): ConfigInput => ({
    access_log: { to: `${proxy.folder}/${file}`, sample },
    apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }],
  });
  const records = async (file: string): Promise<AccessRecord[]> =>
    read(await Deno.readTextFile(`${proxy.folder}/${file}`));
  const ask = async (times: number): Promise<void> => {
    await Promise.all(Array.from({ length: times }, async () => {
      using client = await Client.to(port);
      assert.equal(await client.ask("?"), "?");
    }));
  };
  await proxy.rollOut(config("one.log"));
  const port = await proxy.port("web");
  await ask(300);
  await eventually("300 records", async () => (await records("one.log")).length === 300);
  await proxy.rollOut(config("two.log"));
  await ask(10);
  await eventually("10 records", async () => (await records("two.log")).length === 10);
  assert.equal((await records("one.log")).length, 300);
  const all = [...await records("one.log"), ...await records("two.log")];
  assert.equal(new Set(all.map((record) => record.id)).size, 310);
  await proxy.rollOut(config("two.log", 0));
  await ask(20);
  await eventually(
    "all to end",
    async () => (await proxy.app("web")).counters.connections_closed_total["done"] === 330,
  );
  await proxy.rollOut(config("two.log", 1));
  await ask(1);
  await eventually("one record more", async () => (await records("two.log")).length === 11);
});

Deno.test("a place that cannot be written to is refused with the config, and the old one stays", async () => {
  await using target = echoTarget();
  const apps = [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }];
  await using proxy = await Proxy.start({ apps, access_log: { to: "stdout" } });
  await proxy.write({ apps: [], access_log: { to: "/nowhere/at/all.log" }, admin: { listen: ANY_PORT } });
  await eventually("the refusal", () => proxy.logged("config refused, the running one stays").length === 1);
  using client = await Client.to(await proxy.port("web"));
  assert.equal(await client.ask("?"), "?");
  client[Symbol.dispose]();
  await eventually("a record", () => read(proxy.program.stdout).length === 1);
});

for (const engine of ["epoll", "deno"] as const) {
  Deno.test(`an IPv4 client of [::] on ${engine} is known by its IPv4 address, in records and to endpoints`, async () => {
    await using plain = echoTarget();
    await using web = new HttpTarget(() => answerText(200, "here"));
    await using proxy = await Proxy.start({
      engine,
      access_log: { to: "stdout" },
      apps: [
        { name: "tcp", ports: ["[::]:0"], targets: [`127.0.0.1:${plain.port}`] },
        { name: "web", mode: "http", ports: ["[::]:0"], targets: [`127.0.0.1:${web.address.port}`] },
      ],
    });
    using client = await Client.to(await proxy.port("tcp"));
    assert.equal(await client.ask("?"), "?");
    await client.finish();
    await client.ended();
    using asking = await HttpClient.to(await proxy.port("web"));
    assert.equal((await asking.get()).body, "here");
    await eventually("two records", () => read(proxy.program.stdout).length === 2);
    for (const record of read(proxy.program.stdout)) {
      assert.match(String(record.client_addr), /^127\.0\.0\.1:\d+$/);
    }
    assert.equal(web.requests[0]?.fields.get("x-forwarded-for"), "127.0.0.1");
    assert.match(web.requests[0]?.fields.get("forwarded") ?? "", /for=127\.0\.0\.1(;|$)/);
  });
}
