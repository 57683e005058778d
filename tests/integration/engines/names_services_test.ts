import assert from "node:assert/strict";
import { askOnce, askTimes, Client, turnedAway } from "../../kit/client.ts";
import { Dnsmasq } from "../../kit/dnsmasq.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

const SERVICE = "_echo._tcp.web.test";
/** Answers may be kept for a second: what this dnsmasq says of services has no other TTL. */
const SHORT = "--local-ttl=1";
/** What is not in a record does not exist. */
const HOSTS = ["--local=/test/", "--host-record=a.test,127.0.0.1,1", "--host-record=b.test,127.0.0.1,1"];

function record(host: string, port: number, priority: number, weight = 1): string {
  return `--srv-host=${SERVICE},${host},${port},${priority},${weight}`;
}

async function targets(proxy: Proxy, app = "web"): Promise<readonly string[]> {
  return (await proxy.app(app)).targets.map(({ target, weight, backup }) =>
    `${target} ${weight}${backup ? " backup" : ""}`
  );
}

for (const engine of ["epoll", "deno"] as const) {
  testWith(
    ["dnsmasq"],
    `services on ${engine}: hosts come and go, sessions of those that stay go on`,
    async () => {
      await using a = echoTarget({ prefix: "a:" });
      await using b = echoTarget({ prefix: "b:" });
      await using c = echoTarget({ prefix: "c:" });
      const [one, two, three] = [a.address.port, b.address.port, c.address.port];
      await using dns = await Dnsmasq.start(
        SHORT,
        ...HOSTS,
        record("a.test", one, 0, 10),
        record("b.test", two, 0, 20),
      );
      await using proxy = await Proxy.start({
        engine,
        dns: { servers: [dns.address], negative_ttl: "200ms" },
        apps: [{ name: "web", ports: [ANY_PORT], targets: [SERVICE], drain_timeout: "100ms" }],
      });
      const port = await proxy.port("web");
      assert.deepEqual(await targets(proxy), [`b.test:${two} 2`, `a.test:${one} 1`]);
      assert.deepEqual((await askTimes(port, 6)).toSorted(), ["a:?", "a:?", "b:?", "b:?", "b:?", "b:?"]);

      const open = await Promise.all(Array.from({ length: 3 }, () => Client.to(port)));
      const served = await Promise.all(open.map((client) => client.ask("?")));
      const staying = open[served.indexOf("a:?")];
      const leaving = open[served.indexOf("b:?")];
      assert.ok(staying !== undefined && leaving !== undefined, served.join());
      const before = (await proxy.app("web")).targets.find(({ target }) => target === `a.test:${one}`);

      await dns.change(SHORT, ...HOSTS, record("a.test", one, 0, 10), record("b.test", three, 5));
      const wanted = [`a.test:${one} 1`, `b.test:${three} 1 backup`].join();
      await eventually("the other hosts", async () => {
        const now = (await targets(proxy)).join();
        return now === wanted || now;
      });
      assert.equal(await leaving.ended(), "closed");
      assert.equal(await staying.ask("!"), "a:!");
      // A backup serves when no other host does.
      assert.deepEqual(await askTimes(port, 3), ["a:?", "a:?", "a:?"]);
      await a[Symbol.asyncDispose]();
      assert.equal(await askOnce(port, "?"), "c:?");
      // It is the same target as before, with what was counted.
      const after = (await proxy.app("web")).targets.find(({ target }) => target === `a.test:${one}`);
      assert.ok((after?.connections_total ?? 0) >= (before?.connections_total ?? Infinity));
      assert.equal((await proxy.status()).revision, 1);
      for (const client of open) client[Symbol.dispose]();
    },
  );
}

testWith(
  ["dnsmasq"],
  "services: one that shrinks to nothing keeps its hosts, or loses them, and comes back",
  async () => {
    await using a = echoTarget({ prefix: "a:" });
    const records = [SHORT, ...HOSTS, record("a.test", a.address.port, 0)];
    await using dns = await Dnsmasq.start(...records);
    for (const on_failure of ["keep_last", "drop"] as const) {
      await dns.change(...records);
      await using proxy = await Proxy.start({
        engine: "epoll",
        dns: { servers: [dns.address], negative_ttl: "200ms", on_failure },
        apps: [{ name: "web", ports: [ANY_PORT], targets: [SERVICE] }],
      });
      const port = await proxy.port("web");
      assert.equal(await askOnce(port, "?"), "a:?");
      await dns.change(SHORT, ...HOSTS);
      const service = async () => (await proxy.status()).names.find(({ host }) => host === SERVICE);
      await eventually(
        "the service to be gone",
        async () => {
          const error = (await service())?.error;
          return error?.includes("no SRV record") === true || error;
        },
      );
      if (on_failure === "keep_last") {
        assert.equal((await service())?.stale, true);
        assert.equal(await askOnce(port, "?"), "a:?");
        continue;
      }
      await eventually("no host", async () => (await targets(proxy)).length === 0);
      assert.equal((await proxy.app("web")).state, "failed");
      assert.equal(await turnedAway(port, "?"), "reset");
      await dns.change(...records);
      await eventually("the host", async () => (await targets(proxy)).length === 1);
      // Control knows it before the threads do.
      await eventually("an answer", async () => await askOnce(port, "?").catch(() => "") === "a:?");
    }
  },
);

testWith(
  ["dnsmasq"],
  "services: in mode http requests go to the service's domain, wherever its hosts are",
  async () => {
    const answer = () => answerText(200, "there");
    await using endpoint = new HttpTarget(answer);
    const service = "_http._tcp.api.test";
    const records = [SHORT, ...HOSTS];
    await using dns = await Dnsmasq.start(
      ...records,
      `--srv-host=${service},a.test,${endpoint.address.port},0,1`,
    );
    await using proxy = await Proxy.start({
      dns: { servers: [dns.address], negative_ttl: "200ms", on_failure: "drop" },
      apps: [
        { name: "url", mode: "http", ports: [ANY_PORT], targets: [`http://${service}/base`] },
        { name: "bare", mode: "http", ports: [ANY_PORT], targets: [service] },
      ],
    });
    for (const [name, target] of [["url", "/base/x"], ["bare", "/x"]] as const) {
      using client = await HttpClient.to(await proxy.port(name));
      assert.equal((await client.get("/x")).body, "there");
      const request = endpoint.requests.at(-1);
      assert.deepEqual([request?.target, request?.fields.get("host")], [target, "api.test"]);
    }
    assert.deepEqual(await targets(proxy, "url"), [`http://a.test:${endpoint.address.port}/base 1`]);
    // Without any host there is an answer all the same.
    await dns.change(...records);
    await eventually("no host", async () => (await targets(proxy, "url")).length === 0);
    using client = await HttpClient.to(await proxy.port("url"));
    assert.equal((await client.get("/x")).status, 503);
  },
);

testWith(
  ["dnsmasq"],
  "services: 200 hosts, whose answer does not fit into a datagram, and a TTL of 0",
  async () => {
    await using a = echoTarget({ prefix: "a:" });
    const many = Array.from({ length: 200 }, (_, i) => `--host-record=h${i}.test,127.1.0.${i + 1}`);
    const records = many.map((_, i) => record(`h${i}.test`, 1_000 + i, 1 + i % 2));
    await using dns = await Dnsmasq.start(...many, ...records);
    await using proxy = await Proxy.start({
      dns: { servers: [dns.address], min_ttl: "100ms" },
      apps: [{ name: "web", ports: [ANY_PORT], targets: [SERVICE] }],
    });
    await eventually("all hosts", async () => {
      const { targets } = await proxy.app("web");
      return targets.length === 200 && targets.every(({ addresses }) => addresses.length === 1);
    });
    assert.equal((await targets(proxy)).filter((text) => text.endsWith("backup")).length, 100);
    // With a TTL of 0 a change is there after min_ttl.
    await dns.change("--host-record=a.test,127.0.0.1", record("a.test", a.address.port, 0));
    const port = await proxy.port("web");
    await eventually("the new host", async () => (await targets(proxy)).length === 1);
    assert.equal(await askOnce(port, "?"), "a:?");
  },
);
