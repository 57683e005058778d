import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { BlackHoleTarget } from "../../kit/black_hole_target.ts";
import { askOnce, askTimes, Client, turnedAway } from "../../kit/client.ts";
import { DnsServer, TYPE_A } from "../../kit/dns_server.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import type { TcpServer } from "../../kit/tcp_server.ts";

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

/** How often each reply came. */
function counts(replies: readonly (string | null)[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const reply of replies) found[String(reply)] = (found[String(reply)] ?? 0) + 1;
  return found;
}

Deno.test("three targets share sessions exactly, over two data threads", async () => {
  await using a = named("a");
  await using b = named("b");
  await using c = named("c");
  await using proxy = await Proxy.start(webApp({ targets: [at(a), at(b), at(c)] }));
  const port = await proxy.port("web");
  // Many at a time, so that the kernel spreads them over both threads.
  const replies = await Promise.all(Array.from({ length: 90 }, () => askOnce(port, "?")));
  assert.deepEqual(counts(replies), { "a:?": 30, "b:?": 30, "c:?": 30 });
  const status = await proxy.status();
  assert.equal(status.threads.filter((thread) => thread.state === "running").length, 2);
  await eventually("all sessions to be counted", async () => {
    const { counters, targets, state } = await proxy.app("web");
    assert.equal(state, "ready");
    assert.equal(counters.connections_total, 90);
    assert.equal(counters.connections_active, 0);
    assert.deepEqual(counters.connections_closed_total, { done: 90 });
    assert.deepEqual(targets.map((target) => target.connections_total), [30, 30, 30]);
    assert.deepEqual([counters.bytes_in_total, counters.bytes_out_total], [90, 270]);
    return true;
  });
});

Deno.test("the addresses of one name share sessions exactly, over two data threads, and stand in for each other", async () => {
  await using a = named("a");
  await using b = echoTarget({ prefix: "b:", ip: "127.0.0.2", port: a.port });
  const c = echoTarget({ prefix: "c:", ip: "127.0.0.3", port: a.port });
  await using dns = new DnsServer({
    [TYPE_A]: { ttl: 300, records: [[127, 0, 0, 1], [127, 0, 0, 2], [127, 0, 0, 3]] },
  });
  const config = webApp({ targets: [`several.test:${a.port}`] });
  await using proxy = await Proxy.start({ ...config, dns: { servers: [dns.address] } });
  const port = await proxy.port("web");
  const ask = (): Promise<(string | null)[]> =>
    Promise.all(Array.from({ length: 60 }, () => askOnce(port, "?")));
  assert.deepEqual(counts(await ask()), { "a:?": 20, "b:?": 20, "c:?": 20 });
  await c[Symbol.asyncDispose]();
  assert.deepEqual(counts(await ask()), { "a:?": 40, "b:?": 20 });
  assert.deepEqual([a.accepted, b.accepted], [60, 40]);
});

Deno.test("weights 5, 1, 1 come in nginx's smooth order", async () => {
  await using a = named("a");
  await using b = named("b");
  await using c = named("c");
  const targets = [{ address: at(a), weight: 5 }, at(b), at(c)];
  await using proxy = await Proxy.start(webApp({ targets }));
  const replies = await askTimes(await proxy.port("web"), 14);
  assert.equal(replies.map((reply) => reply?.at(0)).join(""), "aabacaaaabacaa");
});

Deno.test("a target that dies is passed over without a client noticing, and serves again when it is back", async () => {
  await using a = named("a");
  let b = named("b");
  const { port: portOfB } = b;
  try {
    await using proxy = await Proxy.start(webApp({ targets: [at(a), at(b)] }));
    const port = await proxy.port("web");
    assert.deepEqual(counts(await askTimes(port, 4)), { "a:?": 2, "b:?": 2 });
    await b[Symbol.asyncDispose]();
    assert.deepEqual(counts(await askTimes(port, 6)), { "a:?": 6 });
    const { counters, targets } = await proxy.app("web");
    assert.ok(counters.connect_retries_total >= 3);
    assert.equal(targets[1]?.connect_failures_total, counters.connect_retries_total);
    b = echoTarget({ prefix: "b:", port: portOfB });
    assert.deepEqual(counts(await askTimes(port, 4)), { "a:?": 2, "b:?": 2 });
  } finally {
    await b[Symbol.asyncDispose]();
  }
});

Deno.test("a backup serves while the others refuse, and only then", async () => {
  await using main = named("main");
  await using backup = named("backup");
  await using refusing = await RefusingAddress.take();
  const both = (first: { readonly port: number }): ConfigInput =>
    webApp({ targets: [at(first), { address: at(backup), backup: true }] });
  await using proxy = await Proxy.start(both(main));
  const port = await proxy.port("web");
  assert.deepEqual(counts(await askTimes(port, 3)), { "main:?": 3 });
  await proxy.rollOut(both(refusing));
  assert.deepEqual(counts(await askTimes(port, 3)), { "backup:?": 3 });
  await proxy.rollOut(both(main));
  assert.deepEqual(counts(await askTimes(port, 3)), { "main:?": 3 });
});

Deno.test("a target that never answers costs its share of the deadline, then another one serves", async () => {
  await using hole = await BlackHoleTarget.open();
  await using a = named("a");
  await using proxy = await Proxy.start(
    webApp({ targets: [at(hole.address), at(a)], connect_timeout: "1s" }),
  );
  const port = await proxy.port("web");
  const startedAt = performance.now();
  assert.deepEqual(counts(await askTimes(port, 2)), { "a:?": 2 });
  const elapsedMs = performance.now() - startedAt;
  assert.ok(elapsedMs > 400 && elapsedMs < 5_000, `${elapsedMs} ms`);
});

Deno.test("a deadline that passes ends the client", async () => {
  await using hole = await BlackHoleTarget.open();
  await using proxy = await Proxy.start(webApp({ targets: [at(hole.address)], connect_timeout: "300ms" }));
  await turnedAway(await proxy.port("web"), "hello");
  await eventually("the session to be counted", async () => {
    const { counters } = await proxy.app("web");
    return counters.connections_closed_total["connect_failed"] === 1;
  });
});

Deno.test("when every target refuses, the client is ended at once", async () => {
  await using one = await RefusingAddress.take();
  await using two = await RefusingAddress.take();
  await using proxy = await Proxy.start(webApp({ targets: [at(one), at(two)], connect_timeout: "60s" }));
  const port = await proxy.port("web");
  const startedAt = performance.now();
  for (let i = 0; i < 5; i++) await turnedAway(port);
  assert.ok(performance.now() - startedAt < 10_000);
  await eventually("all to be counted", async () => {
    const { counters } = await proxy.app("web");
    assert.deepEqual(counters.connections_closed_total, { connect_failed: 5 });
    assert.equal(counters.connect_retries_total, 5);
    return true;
  });
});

Deno.test("IPv6 listeners and targets, and names with both families", async () => {
  await using six = echoTarget({ prefix: "six:", ip: "::1" });
  await using four = named("four");
  await using proxy = await Proxy.start({
    apps: [
      { name: "from6", ports: ["[::1]:0"], targets: [at(four)] },
      { name: "to6", ports: [ANY_PORT], targets: [`[::1]:${six.port}`] },
      { name: "name", ports: [ANY_PORT], targets: [`localhost:${four.port}`] },
    ],
  });
  assert.equal(await askOnce(await proxy.port("from6"), "?", "::1"), "four:?");
  assert.equal(await askOnce(await proxy.port("to6"), "?"), "six:?");
  assert.equal(await askOnce(await proxy.port("name"), "?"), "four:?");
});

Deno.test("max_connections of an app and of a target are kept", async () => {
  await using a = named("a");
  await using b = named("b");
  await using proxy = await Proxy.start(webApp({
    max_connections: 3,
    targets: [{ address: at(a), max_connections: 1 }, at(b)],
  }));
  const port = await proxy.port("web");
  using one = await Client.to(port);
  using two = await Client.to(port);
  using three = await Client.to(port);
  const replies = [await one.ask("?"), await two.ask("?"), await three.ask("?")];
  assert.deepEqual(counts(replies), { "a:?": 1, "b:?": 2 });
  await turnedAway(port);
  await eventually(
    "it to be counted",
    async () => (await proxy.app("web")).counters.connections_closed_total["limit"] === 1,
  );
  one[Symbol.dispose]();
  await eventually(
    "a place to be free",
    async () => (await proxy.app("web")).counters.connections_active === 2,
  );
  assert.ok(await askOnce(port, "?"));
});

Deno.test("half-close both ways: what is still on its way arrives", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start(webApp({ targets: [at(target)] }));
  using client = await Client.to(await proxy.port("web"));
  await client.send("first ");
  await client.send("last");
  await client.finish();
  let text = "";
  for (let part = await client.receive(); part !== null; part = await client.receive()) text += part;
  assert.equal(text, "first last");
});
