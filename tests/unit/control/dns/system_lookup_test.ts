import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { SECOND_FAMILY_WAIT_MS, SYSTEM_WAIT_MS, TTL_WAIT_MS } from "../../../../src/base/limits.ts";
import { DnsClient } from "../../../../src/control/dns/dns_client.ts";
import type { Hosts } from "../../../../src/control/dns/files/hosts_file.ts";
import type { LookupResult } from "../../../../src/control/dns/lookup.ts";
import { machineLookups } from "../../../../src/control/dns/lookups.ts";
import { AddressOrder } from "../../../../src/control/dns/order/address_order.ts";
import { type LookupSystem, systemLookup } from "../../../../src/control/dns/system_lookup.ts";
import type { DnsFamily } from "../../../../src/model/config.ts";
import { DnsServer, type Script, TYPE_A, TYPE_AAAA, TYPE_CNAME } from "../../../kit/dns_server.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { NotedParts } from "../../../kit/noted_parts.ts";
import { within } from "../../../kit/within.ts";

/** An alias for a second of an address for 20. */
const aliased: Script = ({ name, type }) => ({
  answers: [
    { name, type: TYPE_CNAME, ttl: 1, data: "b.example" },
    ...type === TYPE_A ? [{ name: "b.example", type, ttl: 20, data: [10, 0, 0, 9] }] : [],
  ],
});
const silent: Script = () => null;
const silentAboutIPv6: Script = (question) => question.type === TYPE_AAAA ? null : aliased(question);

/** Small beside every time limit, so that answers are read long before the next one. */
const STEP_MS = 5;

/** A look-up over a system that the test plays, with a clock that it moves. */
class Fixture implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly call = new NotedParts();
  readonly #addresses = Promise.withResolvers<readonly string[]>();
  readonly #server: DnsServer;
  readonly result: Promise<LookupResult>;

  constructor(
    script: Script,
    host = "a.example",
    hosts: Hosts = new Map(),
    family: DnsFamily = "both",
    search: readonly string[] = [],
  ) {
    this.#server = new DnsServer(script);
    const system: LookupSystem = {
      addresses: (_, signal) => {
        signal.addEventListener("abort", () => this.#addresses.reject(new Error("called off")));
        return this.#addresses.promise;
      },
      dns: () => ({ servers: [], ndots: 1, search }),
      hosts: () => hosts,
    };
    const client = new DnsClient(this.clock, () => [this.#server.socketAddress]);
    const questions = { client, clock: this.clock, order: new AddressOrder(family, () => null) };
    this.result = within("the result", systemLookup(questions, system)(host, this.call));
    // Some are awaited later than they fail.
    this.result.catch(() => {});
  }

  /** The system has found these. */
  find(...ips: string[]): void {
    this.#addresses.resolve(ips);
  }

  fail(): void {
    this.#addresses.reject(new Error("no such name"));
  }

  /** Waits until DNS was asked for both families, and what came back was read. */
  async asked(): Promise<void> {
    await eventually("both questions", () => this.#server.questions.length === 2);
  }

  /** Waits until so many timers are left: what was to come by itself has come. */
  async timers(count: number): Promise<void> {
    await eventually("the timers", () => this.clock.pendingTimers === count || this.clock.pendingTimers);
  }

  /** Moves the clock on, a little whenever something may have happened. @returns when it came true. */
  async advanceUntil(what: string, predicate: () => boolean): Promise<number> {
    await eventually(what, () => {
      if (predicate()) return true;
      this.clock.advance(STEP_MS);
      return false;
    });
    return this.clock.now();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.call.abort();
    this.find();
    await this.result.catch(() => {});
    await this.#server[Symbol.asyncDispose]();
    await this.timers(0);
  }
}

Deno.test("addresses are the system's, in its order; the TTL is the smallest that DNS tells", async () => {
  await using fixture = new Fixture(aliased);
  fixture.find("10.0.0.2", "fd00::1", "10.0.0.1");
  assert.deepEqual(await fixture.result, {
    ips: ["10.0.0.2", "fd00::1", "10.0.0.1"],
    ttlMs: 1_000,
    unanswered: null,
  });
  assert.deepEqual(fixture.call.parts, []);
});

Deno.test("where DNS is silent the addresses are used soon, and a TTL is not waited for long", async () => {
  await using fixture = new Fixture(silent);
  await fixture.asked();
  fixture.find("10.0.0.1");
  // Two limits of servers, the part's and the TTL's; the system's was cancelled at its end, or is still to fire.
  await fixture.timers(5);
  fixture.clock.advance(SECOND_FAMILY_WAIT_MS - 1);
  assert.deepEqual(fixture.call.parts, []);
  fixture.clock.advance(1);
  const wanted = { ips: ["10.0.0.1"], ttlMs: null, unanswered: null };
  assert.deepEqual(fixture.call.parts, [wanted]);
  fixture.clock.advance(TTL_WAIT_MS - SECOND_FAMILY_WAIT_MS);
  assert.deepEqual(await fixture.result, wanted);
});

Deno.test("a TTL is known though DNS is silent about one family", async () => {
  await using fixture = new Fixture(silentAboutIPv6);
  fixture.find("10.0.0.1");
  let hasEnded = false;
  fixture.result.finally(() => hasEnded = true);
  await fixture.advanceUntil("the result", () => hasEnded);
  assert.equal((await fixture.result).ttlMs, 1_000);
});

Deno.test("who has no time for more gets the addresses without a TTL", async () => {
  await using fixture = new Fixture(silent);
  fixture.find("10.0.0.1");
  await fixture.asked();
  fixture.call.abort();
  assert.deepEqual(await fixture.result, { ips: ["10.0.0.1"], ttlMs: null, unanswered: null });
});

Deno.test("while the system waits for a family, what DNS knows of that very name is used", async () => {
  await using fixture = new Fixture(silentAboutIPv6);
  const tookMs = await fixture.advanceUntil("the part", () => fixture.call.parts.length > 0);
  assert.ok(tookMs >= SYSTEM_WAIT_MS, `${tookMs} ms`);
  assert.deepEqual(fixture.call.parts, [{ ips: ["10.0.0.9"], ttlMs: 1_000, unanswered: "IPv6" }]);
  // The system has the last word.
  fixture.find("10.0.0.1");
  assert.deepEqual(await fixture.result, { ips: ["10.0.0.1"], ttlMs: 1_000, unanswered: null });
  assert.equal(fixture.call.parts.length, 1);
});

Deno.test("while the system walks its search list, so does who asks beside it", async () => {
  const onlyOne: Script = ({ name, type }) =>
    name === "web.two.test" && type === TYPE_A
      ? { answers: [{ name, type, ttl: 2, data: [10, 0, 0, 9] }] }
      : { rcode: 3 };
  await using fixture = new Fixture(onlyOne, "web", new Map(), "both", ["one.test", "two.test"]);
  await fixture.timers(1);
  await fixture.advanceUntil("the part", () => fixture.call.parts.length > 0);
  assert.deepEqual(fixture.call.parts, [{ ips: ["10.0.0.9"], ttlMs: 2_000, unanswered: null }]);
  fixture.find("10.0.0.1");
  assert.deepEqual(await fixture.result, { ips: ["10.0.0.1"], ttlMs: 2_000, unanswered: null });
});

Deno.test("dns.family leaves out, or puts first, what the system gives", async () => {
  const cases: [DnsFamily, readonly string[]][] = [
    ["ipv4", ["10.0.0.2", "10.0.0.1"]],
    ["ipv6", ["fd00::1"]],
    ["prefer_ipv6", ["fd00::1", "10.0.0.2", "10.0.0.1"]],
  ];
  for (const [family, ips] of cases) {
    await using fixture = new Fixture(aliased, "a.example", new Map(), family);
    fixture.find("10.0.0.2", "fd00::1", "10.0.0.1");
    assert.deepEqual((await fixture.result).ips, ips);
  }
  await using none = new Fixture(aliased, "a.example", new Map(), "ipv6");
  none.find("10.0.0.2");
  await assert.rejects(none.result, /dns\.family/);
});

Deno.test("while the system is slow, the hosts file counts before DNS", async () => {
  await using fixture = new Fixture(
    aliased,
    "a.example.",
    new Map([["a.example", ["10.0.0.7", "10.0.0.8"]]]),
  );
  await fixture.asked();
  await fixture.timers(1);
  fixture.clock.advance(SYSTEM_WAIT_MS);
  const known = { ips: ["10.0.0.7", "10.0.0.8"], ttlMs: null, unanswered: null };
  assert.deepEqual(await within("the part", fixture.call.first()), known);
});

Deno.test("who has no time for more does not wait for the system", async () => {
  await using fixture = new Fixture(silent);
  await fixture.asked();
  fixture.call.abort();
  await assert.rejects(fixture.result, { message: "called off" });
});

Deno.test("a name that the system does not know is an error, whatever DNS says", async () => {
  await using fixture = new Fixture(aliased);
  fixture.fail();
  await assert.rejects(fixture.result, { message: "no such name" });
});

Deno.test("the real system knows localhost, and does not wait long for its TTL", async () => {
  const { ips } = await within(
    "the answer",
    machineLookups(systemClock, [], new AddressOrder("both", () => null)).addresses(
      "localhost",
      new NotedParts(),
    ),
  );
  assert.ok(ips.length > 0 && ips.every((ip) => ip === "127.0.0.1" || ip === "::1"), ips.join());
});
