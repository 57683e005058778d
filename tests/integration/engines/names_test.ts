import assert from "node:assert/strict";
import { askOnce } from "../../kit/client.ts";
import { DnsServer, TYPE_A } from "../../kit/dns_server.ts";
import { Dnsmasq } from "../../kit/dnsmasq.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

/** Less than the 20 s that the address's own TTL allows, however slow the machine. */
const FOLLOW_MS = 10_000;

testWith(["dnsmasq"], "dnsmasq: an alias for a second is followed when it changes", async () => {
  const records = ["--host-record=one.test,127.0.0.1,20", "--host-record=two.test,127.0.0.2,20"];
  await using dns = await Dnsmasq.start(...records, "--cname=alias.test,one.test,1");
  await using proxy = await Proxy.start({
    dns: { servers: [dns.address], negative_ttl: "200ms" },
    apps: [{ name: "web", ports: [ANY_PORT], targets: ["alias.test:80"] }],
  });
  const addresses = async (): Promise<unknown> => (await proxy.app("web")).targets[0]?.addresses.join();
  assert.equal(await addresses(), "127.0.0.1:80");
  await dns.change(...records, "--cname=alias.test,two.test,1");
  await eventually("the alias to be followed", async () => {
    const now = await addresses();
    return now === "127.0.0.2:80" || now;
  }, FOLLOW_MS);
});

testWith(["dnsmasq"], "dnsmasq: names with an underscore, and of every other kind, are served", async () => {
  await using target = echoTarget({ prefix: "a:" });
  const label = "x".repeat(63);
  const names = ["my_svc.test", "_http._tls.my_svc.test", "1.2.test", `${label}.${label}.test`];
  await using dns = await Dnsmasq.start(...names.map((name) => `--host-record=${name},127.0.0.1,20`));
  await using proxy = await Proxy.start({
    dns: { servers: [dns.address] },
    apps: [...names, "MY_SVC.test", "my_svc.test."].map((name, i) => ({
      name: `app ${i}`,
      ports: [ANY_PORT],
      targets: [`${name}:${target.address.port}`],
    })),
  });
  for (const { name } of (await proxy.status()).apps) {
    assert.equal(await askOnce(await proxy.port(name), "?"), "a:?", name);
  }
});

testWith(["dnsmasq"], "dnsmasq: 200 addresses, only IPv6, and a name that shrinks to nothing", async () => {
  const many = Array.from({ length: 200 }, (_, i) => `--host-record=many.test,127.1.0.${i + 1},20`);
  const nothingElse = "--local=/test/";
  const six = Array.from({ length: 2 }, (_, i) => `--host-record=six.test,fd00::${i + 1},20`);
  await using dns = await Dnsmasq.start(nothingElse, ...many, ...six, "--host-record=gone.test,127.0.0.9,1");
  await using proxy = await Proxy.start({
    dns: { servers: [dns.address], negative_ttl: "200ms", on_failure: "drop" },
    apps: ["many", "six", "gone"].map((name) => ({ name, ports: [ANY_PORT], targets: [`${name}.test:80`] })),
  });
  const addresses = async (app: string): Promise<readonly string[]> =>
    (await proxy.app(app)).targets[0]?.addresses ?? [];
  assert.equal(new Set(await addresses("many")).size, 200);
  assert.deepEqual((await addresses("six")).toSorted(), ["[fd00::1]:80", "[fd00::2]:80"]);
  assert.deepEqual(await addresses("gone"), ["127.0.0.9:80"]);
  await dns.change(nothingElse, ...many, ...six);
  await eventually("the name to be gone", async () => (await addresses("gone")).length === 0);
  assert.equal((await addresses("many")).length, 200);
});

testWith(
  ["dnsmasq"],
  "dnsmasq: SERVFAIL, NXDOMAIN and silence leave the last good answer in use, marked as stale",
  async () => {
    let reply: "address" | "SERVFAIL" | "NXDOMAIN" | "silence" = "address";
    // dnsmasq passes on what this one says.
    await using upstream = new DnsServer(({ name, type }) => {
      if (reply === "silence") return null;
      if (reply !== "address") return { rcode: reply === "SERVFAIL" ? 2 : 3 };
      return { answers: type === TYPE_A ? [{ name, type, ttl: 0, data: [127, 0, 0, 7] }] : [] };
    });
    const to = upstream.address.replace(":", "#");
    await using dns = await Dnsmasq.start(`--server=/up.test/${to}`, "--cache-size=0");
    await using proxy = await Proxy.start({
      dns: { servers: [dns.address], min_ttl: "100ms", negative_ttl: "100ms" },
      apps: [{ name: "web", ports: [ANY_PORT], targets: ["a.up.test:80"] }],
    });
    const name = async () => (await proxy.status()).names[0];
    for (
      const [failure, said] of [["SERVFAIL", "SERVFAIL"], ["NXDOMAIN", "does not exist"], [
        "silence",
        "no answer",
      ]] as const
    ) {
      reply = "address";
      await eventually("the address", async () => (await name())?.error === null);
      const fresh = await name();
      assert.deepEqual([fresh?.ips, fresh?.stale], [["127.0.0.7"], false]);
      reply = failure;
      await eventually(`the failure: ${said}`, async () => {
        const error = (await name())?.error;
        return error?.includes(said) === true || error;
      });
      const stale = await name();
      assert.deepEqual([stale?.ips, stale?.stale], [["127.0.0.7"], true]);
      const age = stale?.age_ms ?? 0;
      await eventually("its age to grow", async () => ((await name())?.age_ms ?? 0) > age);
      assert.deepEqual((await proxy.app("web")).targets[0]?.addresses, ["127.0.0.7:80"]);
    }
  },
);

testWith(
  ["dnsmasq"],
  "dnsmasq: dns.family is taken over at once, and a name of IPv6 alone has none for ipv4",
  async () => {
    const both = ["--host-record=both.test,127.0.0.1,::1", "--host-record=six.test,::1"];
    await using dns = await Dnsmasq.start(...both);
    const config = (family: "both" | "ipv4" | "ipv6" | "prefer_ipv4" | "prefer_ipv6") => ({
      dns: { servers: [dns.address], min_ttl: "5m", family },
      apps: ["both", "six"].map((name) => ({ name, ports: [ANY_PORT], targets: [`${name}.test:80`] })),
    });
    await using proxy = await Proxy.start(config("prefer_ipv6"));
    const addresses = async (): Promise<string> => {
      const apps = [await proxy.app("both"), await proxy.app("six")];
      return apps.map(({ targets }) => targets[0]?.addresses.join()).join(" ");
    };
    assert.equal(await addresses(), "[::1]:80,127.0.0.1:80 [::1]:80");
    // Whether IPv6 comes first with both depends on the machine.
    const sorted = (text: string): string => text.split(/[ ,]/).toSorted().join();
    for (
      const [family, wanted] of [
        ["ipv6", "[::1]:80 [::1]:80"],
        ["both", "[::1]:80,127.0.0.1:80 [::1]:80"],
        ["ipv4", "127.0.0.1:80 "],
      ] as const
    ) {
      await proxy.write(config(family));
      await eventually(`the addresses of ${family}`, async () => {
        const now = await addresses();
        return sorted(now) === sorted(wanted) || now;
      });
    }
  },
);
