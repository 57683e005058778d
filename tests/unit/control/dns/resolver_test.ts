import assert from "node:assert/strict";
import type { LookupResult } from "../../../../src/control/dns/lookup.ts";
import { Resolver, type ResolverOptions } from "../../../../src/control/dns/resolver.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";

const OPTIONS: ResolverOptions = {
  servers: [],
  minTtlMs: 1_000,
  maxTtlMs: 300_000,
  negativeTtlMs: 5_000,
  onFailure: "keep_last",
};

interface Question {
  readonly host: string;
  readonly at: number;
  answer(result: LookupResult): void;
  fail(): void;
}

/** A resolver whose look-ups the test answers. */
class Fixture {
  readonly clock = new FakeClock();
  readonly log = new LogLines();
  readonly questions: Question[] = [];
  readonly changed: string[] = [];
  readonly resolver: Resolver;

  constructor(options: Partial<ResolverOptions> = {}) {
    this.resolver = new Resolver(
      this.clock,
      this.log.log,
      { ...OPTIONS, ...options },
      (host) => this.changed.push(host),
      (host) =>
        new Promise((resolve, reject) =>
          this.questions.push({
            host,
            at: this.clock.now(),
            answer: resolve,
            fail: () => reject(new Error(`no such name ${host}`)),
          })
        ),
    );
  }

  /** Answers the last question, and lets the resolver take note. */
  async answer(ips: readonly string[], ttlMs: number | null = 10_000): Promise<void> {
    this.questions.at(-1)?.answer({ ips, ttlMs });
    await settle();
  }

  async fail(): Promise<void> {
    this.questions.at(-1)?.fail();
    await settle();
  }
}

/** Lets promise callbacks run; no timer is involved. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

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
  assert.deepEqual(fixture.changed, ["a.example"]);
  assert.deepEqual(fixture.resolver.status(), [
    { host: "a.example", ips: ["10.0.0.1", "10.0.0.2"], error: null },
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
  assert.equal(fixture.changed.length, 1);
  fixture.clock.advance(10_000);
  await fixture.answer(["10.0.0.2"]);
  assert.equal(fixture.changed.length, 2);
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
  assert.equal(fixture.changed.length, 1);
});

Deno.test("drop takes the addresses away when a name stops resolving", async () => {
  const fixture = new Fixture({ onFailure: "drop" });
  fixture.resolver.watch(new Set(["a.example"]));
  await fixture.answer(["10.0.0.1"]);
  fixture.clock.advance(10_000);
  await fixture.fail();
  assert.deepEqual(fixture.resolver.addresses("a.example"), []);
  assert.deepEqual(fixture.changed, ["a.example", "a.example"]);
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
  assert.deepEqual(fixture.changed, ["a.example"]);
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
