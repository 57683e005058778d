import assert from "node:assert/strict";
import { askOnce } from "../kit/client.ts";
import { Dnsmasq } from "../kit/dnsmasq.ts";
import { echoTarget } from "../kit/echo_target.ts";
import { eventually } from "../kit/eventually.ts";
import { testWith } from "../kit/programs.ts";
import { ANY_PORT, Proxy } from "../kit/proxy.ts";

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
  const names = ["my_svc.test", "_http._tcp.my_svc.test", "1.2.test", `${label}.${label}.test`];
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
  const six = Array.from({ length: 2 }, (_, i) => `--host-record=six.test,fd00::${i + 1},20`);
  await using dns = await Dnsmasq.start(...many, ...six, "--host-record=gone.test,127.0.0.9,1");
  await using proxy = await Proxy.start({
    dns: { servers: [dns.address], negative_ttl: "200ms", on_failure: "drop" },
    apps: ["many", "six", "gone"].map((name) => ({ name, ports: [ANY_PORT], targets: [`${name}.test:80`] })),
  });
  const addresses = async (app: string): Promise<readonly string[]> =>
    (await proxy.app(app)).targets[0]?.addresses ?? [];
  assert.equal(new Set(await addresses("many")).size, 200);
  assert.deepEqual((await addresses("six")).toSorted(), ["[fd00::1]:80", "[fd00::2]:80"]);
  assert.deepEqual(await addresses("gone"), ["127.0.0.9:80"]);
  await dns.change(...many, ...six);
  await eventually("the name to be gone", async () => (await addresses("gone")).length === 0);
  assert.equal((await addresses("many")).length, 200);
});
