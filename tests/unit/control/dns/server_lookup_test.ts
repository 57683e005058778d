import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../../../src/base/clock.ts";
import { DNS_TIMEOUTS_MS, SECOND_FAMILY_WAIT_MS } from "../../../../src/base/limits.ts";
import { DnsClient } from "../../../../src/control/dns/dns_client.ts";
import type { Hosts } from "../../../../src/control/dns/files/hosts_file.ts";
import type { Lookup, LookupResult } from "../../../../src/control/dns/lookup.ts";
import { AddressOrder } from "../../../../src/control/dns/order/address_order.ts";
import { serverLookup } from "../../../../src/control/dns/server_lookup.ts";
import type { DnsFamily } from "../../../../src/model/config.ts";
import { DnsServer, type Script, TYPE_A, TYPE_AAAA, TYPE_CNAME, type Zone } from "../../../kit/dns_server.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { NotedParts } from "../../../kit/noted_parts.ts";
import { within } from "../../../kit/within.ts";

const V4 = [10, 0, 0, 1];
const V6 = [0x20, 0x01, 0x0d, 0xb8, ...new Array<number>(11).fill(0), 1];

/** Answers for one family, never for the other. */
function silentAbout(silent: number): Script {
  return ({ name, type }) =>
    type === silent ? null : { answers: [{ name, type, ttl: 20, data: type === TYPE_A ? V4 : V6 }] };
}

/** A look-up at that server, with files that the test plays. */
function lookupAt(
  server: DnsServer,
  { clock = systemClock, hosts = new Map(), search = [], ndots = 1, family = "both" }: {
    readonly clock?: Clock;
    readonly hosts?: Hosts;
    readonly search?: readonly string[];
    readonly ndots?: number;
    readonly family?: DnsFamily;
  } = {},
): Lookup {
  const client = new DnsClient(clock, () => [server.socketAddress]);
  const order = new AddressOrder(family, () => null);
  return serverLookup({ client, clock, order }, {
    hosts: () => hosts,
    dns: () => ({ servers: [], ndots, search }),
  });
}

function lookUp(server: DnsServer, host: string, call = new NotedParts()): Promise<LookupResult> {
  return within("the answer", lookupAt(server)(host, call));
}

Deno.test("the given servers are asked for both families, and the shortest TTL counts", async () => {
  await using server = new DnsServer({
    [TYPE_A]: { ttl: 300, records: [V4, [10, 0, 0, 2]] },
    [TYPE_AAAA]: { ttl: 70, records: [V6] },
  });
  const found = await lookUp(server, "a.example");
  assert.deepEqual(found, { ips: ["2001:db8::1", "10.0.0.1", "10.0.0.2"], ttlMs: 70_000, unanswered: null });
});

Deno.test("one family is enough, either of them", async () => {
  const cases: [Zone, string][] = [
    [{ [TYPE_A]: { ttl: 5, records: [V4] } }, "10.0.0.1"],
    [{ [TYPE_AAAA]: { ttl: 5, records: [V6] } }, "2001:db8::1"],
  ];
  for (const [zone, ip] of cases) {
    await using server = new DnsServer(zone);
    const call = new NotedParts();
    const found = await lookUp(server, "a.example", call);
    assert.deepEqual(found, { ips: [ip], ttlMs: 5_000, unanswered: null });
    assert.deepEqual(call.parts, []);
  }
});

Deno.test("of an alias and its address the shortest TTL counts", async () => {
  await using server = new DnsServer(({ name, type }) => ({
    answers: [
      { name, type: TYPE_CNAME, ttl: 1, data: "b.example" },
      ...type === TYPE_A ? [{ name: "b.example", type, ttl: 20, data: V4 }] : [],
    ],
  }));
  assert.equal((await lookUp(server, "a.example")).ttlMs, 1_000);
});

Deno.test("every name that a config may hold is asked for", async () => {
  await using server = new DnsServer({ [TYPE_A]: { ttl: 5, records: [V4] } });
  const label = "x".repeat(63);
  const names = [
    "my_svc.test",
    "_http._tcp.my_svc.test",
    "a",
    "1.2.test",
    "a.test.",
    `${label}.test`,
    `${label}.${label}.${label}.${"y".repeat(61)}`,
    "xn--bcher-kva.example",
  ];
  for (const name of names) {
    server.questions.length = 0;
    assert.deepEqual((await lookUp(server, name)).ips, ["10.0.0.1"]);
    const asked = name.replace(/\.$/, "");
    assert.deepEqual(server.questions.map((question) => question.name), [asked, asked]);
  }
});

Deno.test("no server is asked for names of the hosts file, and for localhost", async () => {
  await using server = new DnsServer({ [TYPE_A]: { ttl: 5, records: [V4] } });
  const hosts = new Map([["db.example", ["10.0.0.7", "10.0.0.8", "2001:db8::7"]]]);
  const lookup = lookupAt(server, { hosts });
  const found = async (host: string): Promise<LookupResult> =>
    await within("the answer", lookup(host, new NotedParts()));
  const known = { ips: ["2001:db8::7", "10.0.0.7", "10.0.0.8"], ttlMs: null, unanswered: null };
  assert.deepEqual(await found("db.example"), known);
  assert.deepEqual(await found("db.example."), known);
  const local = { ips: ["::1", "127.0.0.1"], ttlMs: null, unanswered: null };
  for (const host of ["localhost", "localhost.", "web.localhost"]) assert.deepEqual(await found(host), local);
  assert.deepEqual(server.questions, []);
  assert.deepEqual((await found("a.db.example")).ips, ["10.0.0.1"]);
  assert.deepEqual((await found("notlocalhost")).ips, ["10.0.0.1"]);
});

Deno.test("a name without any address is an error that says which", async () => {
  await using server = new DnsServer({});
  await assert.rejects(lookUp(server, "a.example"), {
    code: "no_address",
    message: "a.example does not exist",
  });
  await using empty = new DnsServer(() => ({}));
  await assert.rejects(lookUp(empty, "a.example"), {
    code: "no_address",
    message: "a.example has no address",
  });
});

Deno.test("a server that is silent about one family costs 50 ms, not its time-out", async () => {
  const cases = [[TYPE_AAAA, "10.0.0.1", "IPv6"], [TYPE_A, "2001:db8::1", "IPv4"]] as const;
  for (const [silent, ip, unanswered] of cases) {
    await using server = new DnsServer(silentAbout(silent));
    const clock = new FakeClock();
    const call = new NotedParts();
    const found = lookupAt(server, { clock })("a.example", call);
    await eventually("the part", () => {
      if (call.parts.length === 0) clock.advance(1);
      return call.parts.length > 0;
    });
    const tookMs = clock.now();
    assert.ok(tookMs >= SECOND_FAMILY_WAIT_MS && tookMs < (DNS_TIMEOUTS_MS[0] ?? 0), `${tookMs} ms`);
    const wanted = { ips: [ip], ttlMs: 20_000, unanswered };
    assert.deepEqual(call.parts, [wanted]);
    // Who has no time for more gets the same.
    call.abort();
    assert.deepEqual(await within("the end", found), wanted);
  }
});

Deno.test("the family that comes late comes in the end", async () => {
  const late = Promise.withResolvers<void>();
  await using server = new DnsServer(async ({ name, type }) => {
    if (type === TYPE_AAAA) await late.promise;
    return { answers: [{ name, type, ttl: 20, data: type === TYPE_A ? V4 : V6 }] };
  });
  const call = new NotedParts();
  const found = lookUp(server, "a.example", call);
  assert.deepEqual((await within("the part", call.first()))?.ips, ["10.0.0.1"]);
  late.resolve();
  assert.deepEqual(await found, { ips: ["2001:db8::1", "10.0.0.1"], ttlMs: 20_000, unanswered: null });
});

Deno.test("a server that says no to one family does not spoil the other", async () => {
  for (const rcode of [2, 3, 5]) {
    await using server = new DnsServer(({ name, type }) =>
      type === TYPE_AAAA ? { rcode } : { answers: [{ name, type, ttl: 20, data: V4 }] }
    );
    const { ips, unanswered } = await lookUp(server, "a.example");
    assert.deepEqual(ips, ["10.0.0.1"]);
    // "No such name" is an answer; the others are failures.
    assert.equal(unanswered, rcode === 3 ? null : "IPv6");
  }
});

Deno.test("a name with few dots is asked for with the domains of the search list first, others last", async () => {
  const search = ["one.example", "two.example"];
  const cases: [string, number, readonly string[]][] = [
    ["web", 1, ["web.one.example", "web.two.example", "web"]],
    ["web.team", 1, ["web.team", "web.team.one.example", "web.team.two.example"]],
    ["web.team", 2, ["web.team.one.example", "web.team.two.example", "web.team"]],
    ["web.", 1, ["web"]],
  ];
  for (const [host, ndots, wanted] of cases) {
    await using server = new DnsServer({});
    const name = host.replace(/\.$/, "");
    await assert.rejects(within("the end", lookupAt(server, { search, ndots })(host, new NotedParts())), {
      message: `${name} does not exist`,
    });
    assert.deepEqual([...new Set(server.questions.map((question) => question.name))], wanted);
  }
});

Deno.test("the first name of the search list that has an address counts, and a failure ends the search", async () => {
  const search = ["one.example", "two.example"];
  await using server = new DnsServer(({ name, type }) =>
    name === "web.two.example" && type === TYPE_A
      ? { answers: [{ name, type, ttl: 5, data: V4 }] }
      : { rcode: 3 }
  );
  const found = await within("the answer", lookupAt(server, { search })("web", new NotedParts()));
  assert.deepEqual(found.ips, ["10.0.0.1"]);
  await using failing = new DnsServer(({ name, type }) =>
    name === "web.one.example" ? { rcode: 2 } : { answers: [{ name, type, ttl: 5, data: V4 }] }
  );
  await assert.rejects(within("the end", lookupAt(failing, { search })("web", new NotedParts())), /SERVFAIL/);
});

Deno.test("dns.family asks for what is used alone, and puts the preferred family first", async () => {
  const cases: [DnsFamily, readonly string[], readonly number[]][] = [
    ["both", ["2001:db8::1", "10.0.0.1", "10.0.0.2"], [TYPE_A, TYPE_AAAA]],
    ["ipv4", ["10.0.0.1", "10.0.0.2"], [TYPE_A]],
    ["ipv6", ["2001:db8::1"], [TYPE_AAAA]],
    ["prefer_ipv4", ["10.0.0.1", "2001:db8::1", "10.0.0.2"], [TYPE_A, TYPE_AAAA]],
    ["prefer_ipv6", ["2001:db8::1", "10.0.0.1", "10.0.0.2"], [TYPE_A, TYPE_AAAA]],
  ];
  for (const [family, ips, types] of cases) {
    await using server = new DnsServer({
      [TYPE_A]: { ttl: 5, records: [V4, [10, 0, 0, 2]] },
      [TYPE_AAAA]: { ttl: 5, records: [V6] },
    });
    const found = await within("the answer", lookupAt(server, { family })("a.example", new NotedParts()));
    assert.deepEqual(found, { ips, ttlMs: 5_000, unanswered: null }, family);
    assert.deepEqual(server.questions.map(({ type }) => type).toSorted(), types, family);
  }
});

Deno.test("a name that the hosts file has in the other family alone is asked of nobody", async () => {
  await using server = new DnsServer({ [TYPE_AAAA]: { ttl: 5, records: [V6] } });
  const lookup = lookupAt(server, { family: "ipv6", hosts: new Map([["a.example", ["10.0.0.7"]]]) });
  await assert.rejects(within("the end", lookup("a.example", new NotedParts())), /dns\.family/);
  assert.deepEqual(server.questions, []);
});
