import assert from "node:assert/strict";
import { CHANGE_GATHER_MS, MAX_LOOKUPS } from "../../../../src/base/limits.ts";
import { AskedResolver as Fixture, found, OPTIONS, settle } from "./asked_resolver.ts";

Deno.test("a literal stands for itself and is never looked up", () => {
  const { resolver, questions } = new Fixture();
  resolver.watch(new Set(["10.0.0.1", "fd00::1"]));
  assert.deepEqual(resolver.addresses("10.0.0.1"), ["10.0.0.1"]);
  assert.deepEqual(resolver.addresses("fd00::1"), ["fd00::1"]);
  assert.deepEqual(questions, []);
  assert.deepEqual(resolver.status(), []);
});

Deno.test("a name has no address until it was looked up, and then tells of the change", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example"]));
  assert.deepEqual(fixture.resolver.addresses("a.example"), []);
  await fixture.answer(["10.0.0.1", "10.0.0.2"]);
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.1", "10.0.0.2"]);
  assert.deepEqual(fixture.told(), ["a.example"]);
  assert.deepEqual(fixture.resolver.status(), [
    { host: "a.example", ips: ["10.0.0.1", "10.0.0.2"], error: null, stale: false, age_ms: CHANGE_GATHER_MS },
  ]);
});

Deno.test("a name is asked again after its TTL, kept between min_ttl and max_ttl", async () => {
  const cases: [number | null, number][] = [[10_000, 10_000], [0, 1_000], [86_400_000, 300_000], [
    null,
    30_000,
  ]];
  for (const [ttlMs, wantedMs] of cases) {
    const fixture = new Fixture();
    fixture.resolver.watch(new Set(["a.example"]));
    await fixture.answer(["10.0.0.1"], ttlMs);
    fixture.clock.advance(wantedMs - 1);
    assert.equal(fixture.questions.length, 1, `${ttlMs}`);
    fixture.clock.advance(1);
    assert.equal(fixture.questions.length, 2, `${ttlMs}`);
  }
});

Deno.test("the same answer again changes nothing", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example"]));
  await fixture.answer(["10.0.0.1"]);
  fixture.clock.advance(10_000);
  await fixture.answer(["10.0.0.1"]);
  assert.equal(fixture.told().length, 1);
  fixture.clock.advance(10_000);
  await fixture.answer(["10.0.0.2"]);
  assert.equal(fixture.told().length, 2);
});

Deno.test("keep_last goes on with the last addresses, is said once, and asks again after negative_ttl", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example"]));
  await fixture.answer(["10.0.0.1"]);
  fixture.clock.advance(10_000);
  for (let i = 0; i < 3; i++) {
    await fixture.fail();
    fixture.clock.advance(5_000);
  }
  assert.deepEqual(fixture.questions.map(({ at }) => at), [0, 10_000, 15_000, 20_000, 25_000]);
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.1"]);
  assert.equal(fixture.resolver.status()[0]?.error, "no such name a.example");
  await fixture.answer(["10.0.0.1"]);
  assert.deepEqual(fixture.log.messages, ["name does not resolve", "name resolves again"]);
  assert.equal(fixture.resolver.status()[0]?.error, null);
  assert.equal(fixture.told().length, 1);
});

Deno.test("drop takes the addresses away when a name stops resolving", async () => {
  const fixture = new Fixture({ onFailure: "drop" });
  fixture.resolver.watch(new Set(["a.example"]));
  await fixture.answer(["10.0.0.1"]);
  fixture.clock.advance(10_000);
  await fixture.fail();
  assert.deepEqual(fixture.resolver.addresses("a.example"), []);
  assert.deepEqual(fixture.told(), ["a.example", "a.example"]);
});

Deno.test("settled waits for names that were never asked for, and no longer than it is told", async () => {
  const fixture = new Fixture();
  let done = "";
  fixture.resolver.watch(new Set(["a.example", "b.example"]));
  fixture.resolver.settled(["a.example", "b.example", "10.0.0.1", "unknown.example"], 1_000).then(() =>
    done = "yes"
  );
  await settle();
  fixture.questions[0]?.fail();
  await settle();
  assert.equal(done, "");
  fixture.questions[1]?.answer({ ips: ["10.0.0.1"], ttlMs: 1_000 });
  await settle();
  assert.equal(done, "yes");

  let late = "";
  fixture.resolver.watch(new Set(["c.example"]));
  fixture.resolver.settled(["c.example"], 1_000).then(() => late = "yes");
  fixture.clock.advance(999);
  await settle();
  assert.equal(late, "");
  fixture.clock.advance(1);
  await settle();
  assert.equal(late, "yes");
  // The same name does not hold up the next one who asks.
  await fixture.resolver.settled(["c.example"], 1_000);
});

Deno.test("settled does not wait for a name that is only being refreshed, or failed before", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example", "b.example"]));
  fixture.questions[0]?.fail();
  await fixture.answer(["10.0.0.1"]);
  fixture.clock.advance(10_000);
  assert.equal(fixture.questions.length, 4);
  let done = false;
  fixture.resolver.settled(["a.example", "b.example"], 1_000).then(() => done = true);
  await settle();
  assert.equal(done, true);
});

Deno.test("a name that is dropped while it is looked up is not asked again and says nothing", async () => {
  for (const outcome of ["answer", "fail"] as const) {
    const fixture = new Fixture();
    fixture.resolver.watch(new Set(["a.example"]));
    fixture.resolver.watch(new Set());
    await (outcome === "fail" ? fixture.fail() : fixture.answer(["10.0.0.1"]));
    fixture.clock.advance(1_000_000);
    assert.equal(fixture.questions.length, 1);
    assert.deepEqual(fixture.changed, []);
    assert.deepEqual(fixture.log.messages, []);
    assert.equal(fixture.clock.pendingTimers, 0);
  }
});

Deno.test("a name that went and came back takes only the newer answer", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example"]));
  fixture.resolver.watch(new Set());
  fixture.resolver.watch(new Set(["a.example"]));
  fixture.questions[1]?.answer({ ips: ["10.0.0.2"], ttlMs: 10_000 });
  await settle();
  fixture.questions[0]?.answer({ ips: ["10.0.0.1"], ttlMs: 10_000 });
  await settle();
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.2"]);
  assert.deepEqual(fixture.told(), ["a.example"]);
  fixture.clock.advance(10_000);
  assert.equal(fixture.questions.length, 3);
});

Deno.test("watching the same names again asks nothing", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example"]));
  await fixture.answer(["10.0.0.1"]);
  fixture.resolver.watch(new Set(["a.example"]));
  assert.equal(fixture.questions.length, 1);
});

Deno.test("new options count from the next answer on", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example"]));
  fixture.resolver.configure({ ...OPTIONS, maxTtlMs: 2_000 });
  await fixture.answer(["10.0.0.1"]);
  fixture.clock.advance(2_000);
  assert.equal(fixture.questions.length, 2);
});

Deno.test("close stops everything", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example", "b.example"]));
  await fixture.answer(["10.0.0.1"]);
  fixture.resolver.close();
  await fixture.fail();
  assert.equal(fixture.clock.pendingTimers, 0);
  assert.deepEqual(fixture.log.messages, []);
});

Deno.test("the same addresses in another order are no change", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example"]));
  await fixture.answer(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  for (const ips of [["10.0.0.2", "10.0.0.3", "10.0.0.1"], ["10.0.0.3", "10.0.0.2", "10.0.0.1"]]) {
    fixture.clock.advance(10_000);
    await fixture.answer(ips);
  }
  assert.deepEqual(fixture.told(), ["a.example"]);
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  fixture.clock.advance(10_000);
  await fixture.answer(["10.0.0.3", "10.0.0.2"]);
  assert.deepEqual(fixture.told(), ["a.example", "a.example"]);
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.3", "10.0.0.2"]);
});

Deno.test("names that change about the same time are told together, and before who waits for them goes on", async () => {
  const fixture = new Fixture();
  const hosts = ["a.example", "b.example", "c.example"];
  fixture.resolver.watch(new Set(hosts));
  fixture.questions[0]?.answer({ ips: ["10.0.0.1"] });
  fixture.questions[1]?.answer({ ips: ["10.0.0.2"] });
  await settle();
  fixture.clock.advance(CHANGE_GATHER_MS - 1);
  assert.deepEqual(fixture.changed, []);
  fixture.clock.advance(1);
  assert.deepEqual(fixture.changed, ["a.example,b.example"]);

  const told = fixture.resolver.settled(hosts, 1_000).then(() => fixture.changed.length);
  fixture.questions[2]?.answer({ ips: ["10.0.0.3"] });
  assert.equal(await told, 2);
  assert.deepEqual(fixture.told(), ["a.example,b.example", "c.example"]);
});

Deno.test("addresses that are known early are used at once, the rest when it comes", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example"]));
  let settled = false;
  fixture.resolver.settled(["a.example"], 1_000).then(() => settled = true);
  const [question] = fixture.questions;
  question?.call.onPart(found({ ips: ["10.0.0.1"], unanswered: "IPv6" }));
  await settle();
  assert.equal(settled, true);
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.1"]);
  // The look-up goes on: nothing is asked anew meanwhile.
  fixture.clock.advance(60_000);
  assert.equal(fixture.questions.length, 1);
  question?.answer({ ips: ["fd00::1", "10.0.0.1"] });
  await settle();
  assert.deepEqual(fixture.resolver.addresses("a.example"), ["fd00::1", "10.0.0.1"]);
  assert.deepEqual(fixture.told(), ["a.example", "a.example"]);
  fixture.clock.advance(10_000);
  assert.equal(fixture.questions.length, 2);
});

Deno.test("a look-up that fails after it told a part has found that part", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example"]));
  fixture.questions[0]?.call.onPart(found({ ips: ["10.0.0.1"], ttlMs: 2_000 }));
  await fixture.fail();
  assert.deepEqual(fixture.resolver.status(), [
    { host: "a.example", ips: ["10.0.0.1"], error: null, stale: false, age_ms: 0 },
  ]);
  assert.deepEqual(fixture.log.messages, []);
  fixture.clock.advance(2_000);
  assert.equal(fixture.questions.length, 2);
});

Deno.test("while nobody answers for a family its last addresses stay, unless they are to be dropped", async () => {
  const cases = [["keep_last", ["2001:db8::1", "10.0.0.2", "2001:db8::2"]], ["drop", ["10.0.0.2"]]] as const;
  for (const [onFailure, wanted] of cases) {
    const fixture = new Fixture({ onFailure, family: "prefer_ipv6" });
    fixture.resolver.watch(new Set(["a.example"]));
    await fixture.answer(["2001:db8::1", "10.0.0.1", "2001:db8::2"]);
    fixture.clock.advance(10_000);
    fixture.questions[1]?.answer({ ips: ["10.0.0.2"], unanswered: "IPv6" });
    await settle();
    assert.deepEqual(fixture.resolver.addresses("a.example"), wanted);
    fixture.clock.advance(10_000);
    // An answer that there are none is one.
    await fixture.answer(["10.0.0.2"]);
    assert.deepEqual(fixture.resolver.addresses("a.example"), ["10.0.0.2"]);
  }
});

Deno.test("at most 16 names are asked for at once, each in its turn", async () => {
  const fixture = new Fixture();
  const hosts = Array.from({ length: 2_000 }, (_, i) => `h${i}.example`);
  fixture.resolver.watch(new Set(hosts));
  assert.equal(fixture.questions.length, MAX_LOOKUPS);
  for (let i = 0; i < hosts.length; i++) {
    assert.equal(fixture.questions[i]?.host, hosts[i]);
    fixture.questions[i]?.answer({ ips: ["10.0.0.1"] });
    await settle();
    assert.equal(fixture.questions.length, Math.min(i + 1 + MAX_LOOKUPS, hosts.length));
  }
});

Deno.test("waiting for 2,000 names takes time in proportion to their number", async () => {
  const fixture = new Fixture();
  const hosts = Array.from({ length: 2_000 }, (_, i) => `h${i}.example`);
  let read = 0;
  const counted = {
    *[Symbol.iterator](): Generator<string> {
      for (const host of hosts) {
        read++;
        yield host;
      }
    },
  };
  fixture.resolver.watch(new Set(hosts));
  let done = false;
  fixture.resolver.settled(counted, 1_000).then(() => done = true);
  for (let i = 0; i < hosts.length; i++) {
    fixture.questions[i]?.answer({ ips: ["10.0.0.1"] });
    await settle();
    assert.equal(done, i === hosts.length - 1);
  }
  assert.equal(read, hosts.length);
});

Deno.test("a name that nobody wants any more ends its look-up, and who waits for it does not wait on", async () => {
  const fixture = new Fixture();
  fixture.resolver.watch(new Set(["a.example"]));
  const settled = fixture.resolver.settled(["a.example"], 1_000);
  assert.equal(fixture.questions[0]?.call.signal.aborted, false);
  fixture.resolver.watch(new Set());
  assert.equal(fixture.questions[0]?.call.signal.aborted, true);
  await settled;
  // What it knows by then is not taken.
  fixture.questions[0]?.call.onPart(found({ ips: ["10.0.0.1"] }));
  assert.deepEqual(fixture.told(), []);
  assert.equal(fixture.clock.pendingTimers, 0);
});
