import assert from "node:assert/strict";
import { CHANGE_GATHER_MS, NAME_WAIT_MS } from "../../../../../src/base/limits.ts";
import type { LookupResult } from "../../../../../src/control/dns/lookup.ts";
import { Resolver } from "../../../../../src/control/dns/resolver.ts";
import type { ServiceResult } from "../../../../../src/control/dns/services/service_lookup.ts";
import {
  formatServiceRecord,
  readServiceRecords,
} from "../../../../../src/control/dns/services/service_record.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { LogLines } from "../../../../kit/log_lines.ts";

const SERVICE = "_http._tcp.web.example";

/** A resolver whose names and services the test plays; those that it says nothing of are waited for. */
class Fixture {
  readonly clock = new FakeClock();
  readonly names = new Map<string, readonly string[] | Promise<LookupResult>>();
  readonly asked: string[] = [];
  readonly changed: string[] = [];
  service: ServiceResult | Error = new Error("no such service");
  readonly resolver: Resolver;

  constructor(onFailure: "keep_last" | "drop" = "keep_last") {
    this.resolver = new Resolver(
      this.clock,
      new LogLines().log,
      { servers: [], family: "both", minTtlMs: 1_000, maxTtlMs: 300_000, negativeTtlMs: 5_000, onFailure },
      (hosts) => this.changed.push([...hosts].toSorted().join()),
      async (host) => {
        this.asked.push(host);
        const known = this.names.get(host) ?? new Promise<LookupResult>(() => {});
        return "then" in known ? await known : { ips: known, ttlMs: 60_000, unanswered: null };
      },
      async () => {
        const { service } = this;
        if (service instanceof Error) throw service;
        return await Promise.resolve(service);
      },
    );
  }

  /** What DNS says of the service, and the names of its hosts as they are asked for. */
  say(records: readonly string[], addresses: ReadonlyMap<string, readonly string[]> = new Map()): void {
    this.service = { records: readServiceRecords(records), ttlMs: 10_000, addresses };
  }

  /** Watches the service, as a rollout does. */
  async begin(): Promise<void> {
    const hosts = new Set([SERVICE]);
    this.resolver.watch(hosts);
    const settled = this.resolver.settled(hosts, NAME_WAIT_MS);
    await settle();
    this.clock.advance(NAME_WAIT_MS);
    await settled;
    this.changed.length = 0;
  }

  /** The service's time is over: DNS is asked again. */
  async again(): Promise<void> {
    this.clock.advance(10_000);
    await settle();
    this.clock.advance(CHANGE_GATHER_MS);
    await settle();
  }

  get records(): string[] {
    return this.resolver.records(SERVICE).map(formatServiceRecord);
  }
}

/** Lets promise callbacks run; no timer is involved. */
async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

Deno.test("a service is its hosts, and those are kept fresh as names of the config are", async () => {
  const fixture = new Fixture();
  fixture.names.set("a.example", ["10.0.0.1"]).set("b.example", ["10.0.0.2"]);
  fixture.say(["0 1 80 a.example", "0 1 81 b.example", "0 1 82 10.0.0.3"]);
  await fixture.begin();
  assert.deepEqual(fixture.records, ["0 1 82 10.0.0.3", "0 1 80 a.example", "0 1 81 b.example"]);
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.1"]);
  assert.deepEqual(fixture.resolver.addresses("10.0.0.3"), ["10.0.0.3"]);
  assert.deepEqual(fixture.asked, ["a.example", "b.example"]);
  // Who uses the service is told of the addresses of its hosts.
  fixture.names.set("b.example", ["10.0.0.9"]);
  fixture.clock.advance(60_000);
  await settle();
  fixture.clock.advance(CHANGE_GATHER_MS);
  assert.deepEqual(fixture.changed, [[SERVICE, "b.example"].join()]);
  const status = fixture.resolver.status().map(({ host, ips, records }) => ({ host, ips, records }));
  assert.deepEqual(status[0], { host: SERVICE, ips: [], records: fixture.records });
  assert.deepEqual(status[2], { host: "b.example", ips: ["10.0.0.9"], records: undefined });
  fixture.resolver.close();
  assert.equal(fixture.clock.pendingTimers, 0);
});

Deno.test("new hosts take over when they were looked up, the old ones serve until then", async () => {
  const fixture = new Fixture();
  fixture.names.set("a.example", ["10.0.0.1"]);
  fixture.say(["0 1 80 a.example"]);
  await fixture.begin();
  const slow = Promise.withResolvers<LookupResult>();
  fixture.names.set("b.example", slow.promise);
  fixture.say(["0 1 80 b.example"]);
  await fixture.again();
  assert.deepEqual([fixture.records, fixture.changed], [["0 1 80 a.example"], []]);
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.1"]);
  slow.resolve({ ips: ["10.0.0.2"], ttlMs: 60_000, unanswered: null });
  await settle();
  fixture.clock.advance(CHANGE_GATHER_MS);
  assert.deepEqual(fixture.records, ["0 1 80 b.example"]);
  assert.deepEqual(fixture.changed, [[SERVICE, "b.example"].join()]);
  // What is no longer used is not asked for any more.
  assert.deepEqual(fixture.resolver.status().map(({ host }) => host), [SERVICE, "b.example"]);
  fixture.resolver.close();
});

Deno.test("a new host that does not resolve holds the others up for a second at most", async () => {
  const fixture = new Fixture();
  fixture.names.set("a.example", ["10.0.0.1"]).set("b.example", ["10.0.0.2"]);
  fixture.say(["0 1 80 a.example"]);
  await fixture.begin();
  fixture.say(["0 1 80 b.example", "0 1 80 silent.example"]);
  await fixture.again();
  assert.deepEqual(fixture.records, ["0 1 80 a.example"]);
  fixture.clock.advance(NAME_WAIT_MS);
  await settle();
  assert.deepEqual(fixture.records, ["0 1 80 b.example", "0 1 80 silent.example"]);
  fixture.resolver.close();
});

Deno.test("addresses that came along are used at once, until the host's own look-up says more", async () => {
  const fixture = new Fixture();
  const slow = Promise.withResolvers<LookupResult>();
  fixture.names.set("a.example", slow.promise);
  fixture.say(["0 1 80 a.example"], new Map([["a.example", ["10.0.0.1"]], ["other.example", ["10.0.0.8"]]]));
  await fixture.begin();
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.1"]);
  assert.deepEqual(fixture.resolver.addresses("other.example"), []);
  slow.resolve({ ips: ["10.0.0.1", "10.0.0.2"], ttlMs: 60_000, unanswered: null });
  await settle();
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.1", "10.0.0.2"]);
  fixture.resolver.close();
});

Deno.test("a service whose servers fail keeps its hosts, or has none, as dns.on_failure says", async () => {
  for (const [onFailure, wanted] of [["keep_last", ["0 1 80 a.example"]], ["drop", []]] as const) {
    const fixture = new Fixture(onFailure);
    fixture.names.set("a.example", ["10.0.0.1"]);
    fixture.say(["0 1 80 a.example"]);
    await fixture.begin();
    fixture.service = new Error("SERVFAIL");
    await fixture.again();
    assert.deepEqual(fixture.records, wanted);
    const [service] = fixture.resolver.status();
    assert.deepEqual([service?.error, service?.stale], ["SERVFAIL", onFailure === "keep_last"]);
    fixture.resolver.close();
  }
});

Deno.test("the same hosts in another order are no change, and one that is said not to be offered has none", async () => {
  const fixture = new Fixture();
  fixture.names.set("a.example", ["10.0.0.1"]).set("b.example", ["10.0.0.2"]);
  fixture.say(["0 1 80 a.example", "0 1 80 b.example"]);
  await fixture.begin();
  fixture.say(["0 1 80 b.example", "0 1 80 a.example"]);
  await fixture.again();
  assert.deepEqual(fixture.changed, []);
  fixture.say(["0 0 0 "]);
  await fixture.again();
  assert.deepEqual([fixture.records, fixture.changed], [[], [SERVICE]]);
  fixture.resolver.close();
});
