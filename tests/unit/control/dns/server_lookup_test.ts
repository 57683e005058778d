import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { DNS_TIMEOUTS_MS, SECOND_FAMILY_WAIT_MS } from "../../../../src/base/limits.ts";
import type { LookupResult } from "../../../../src/control/dns/lookup.ts";
import { serverLookup } from "../../../../src/control/dns/server_lookup.ts";
import { DnsServer, type Script, TYPE_A, TYPE_AAAA, TYPE_CNAME, type Zone } from "../../../kit/dns_server.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { NotedParts } from "../../../kit/noted_parts.ts";
import { within } from "../../../kit/within.ts";

const V4 = [10, 0, 0, 1];
const V6 = [0xfd, ...new Array<number>(14).fill(0), 1];

/** Answers for one family, never for the other. */
function silentAbout(silent: number): Script {
  return ({ name, type }) =>
    type === silent ? null : { answers: [{ name, type, ttl: 20, data: type === TYPE_A ? V4 : V6 }] };
}

function lookUp(server: DnsServer, host: string, call = new NotedParts()): Promise<LookupResult> {
  return within("the answer", serverLookup([server.socketAddress], systemClock)(host, call));
}

Deno.test("the given servers are asked for both families, and the shortest TTL counts", async () => {
  await using server = new DnsServer({
    [TYPE_A]: { ttl: 300, records: [V4, [10, 0, 0, 2]] },
    [TYPE_AAAA]: { ttl: 70, records: [V6] },
  });
  const found = await lookUp(server, "a.example");
  assert.deepEqual(found, { ips: ["fd00::1", "10.0.0.1", "10.0.0.2"], ttlMs: 70_000, unanswered: null });
});

Deno.test("one family is enough, either of them", async () => {
  const cases: [Zone, string][] = [
    [{ [TYPE_A]: { ttl: 5, records: [V4] } }, "10.0.0.1"],
    [{ [TYPE_AAAA]: { ttl: 5, records: [V6] } }, "fd00::1"],
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
  const hosts = new Map([["db.example", ["10.0.0.7", "10.0.0.8", "fd00::7"]]]);
  const lookup = serverLookup([server.socketAddress], systemClock, { read: () => hosts });
  const found = async (host: string): Promise<LookupResult> =>
    await within("the answer", lookup(host, new NotedParts()));
  const known = { ips: ["10.0.0.7", "fd00::7", "10.0.0.8"], ttlMs: null, unanswered: null };
  assert.deepEqual(await found("db.example"), known);
  assert.deepEqual(await found("db.example."), known);
  const local = { ips: ["127.0.0.1", "::1"], ttlMs: null, unanswered: null };
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
  const cases = [[TYPE_AAAA, "10.0.0.1", "IPv6"], [TYPE_A, "fd00::1", "IPv4"]] as const;
  for (const [silent, ip, unanswered] of cases) {
    await using server = new DnsServer(silentAbout(silent));
    const clock = new FakeClock();
    const call = new NotedParts();
    const found = serverLookup([server.socketAddress], clock)("a.example", call);
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
  assert.deepEqual(await found, { ips: ["fd00::1", "10.0.0.1"], ttlMs: 20_000, unanswered: null });
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
