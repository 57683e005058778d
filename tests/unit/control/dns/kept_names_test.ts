import assert from "node:assert/strict";
import { MAX_KEPT_NAMES } from "../../../../src/base/limits.ts";
import { AskedResolver as Fixture, OPTIONS, settle } from "./asked_resolver.ts";

Deno.test("while servers fail the last good answer is in use, marked as stale, with its age", async () => {
  const fixture = new Fixture();
  const status = () => fixture.resolver.status().map(({ ips, stale, age_ms }) => ({ ips, stale, age_ms }));
  fixture.resolver.watch(new Set(["a.example"]));
  assert.deepEqual(status(), [{ ips: [], stale: false, age_ms: null }]);
  await fixture.answer(["10.0.0.1"]);
  fixture.clock.advance(10_000);
  assert.deepEqual(status(), [{ ips: ["10.0.0.1"], stale: false, age_ms: 10_000 }]);
  await fixture.fail();
  fixture.clock.advance(5_000);
  assert.deepEqual(status(), [{ ips: ["10.0.0.1"], stale: true, age_ms: 15_000 }]);
  await fixture.answer(["10.0.0.1"]);
  assert.deepEqual(status(), [{ ips: ["10.0.0.1"], stale: false, age_ms: 0 }]);
});

Deno.test("an answer is remembered for its time when nobody uses the name any more", async () => {
  const fixture = new Fixture();
  const { resolver, questions, clock } = fixture;
  resolver.watch(new Set(["a.example"]));
  await fixture.answer(["10.0.0.1"]);
  clock.advance(4_000);
  resolver.watch(new Set());
  assert.equal(clock.pendingTimers, 0);
  clock.advance(4_000);
  resolver.watch(new Set(["a.example"]));
  assert.deepEqual(resolver.addresses("a.example"), ["10.0.0.1"]);
  assert.equal(questions.length, 1);
  // It is as fresh as it was.
  clock.advance(2_000);
  assert.equal(questions.length, 2);
  resolver.watch(new Set());
  clock.advance(20_000);
  resolver.watch(new Set(["a.example"]));
  assert.deepEqual([resolver.addresses("a.example"), questions.length], [[], 3]);
});

Deno.test("at most 1,000 names are kept: the least recently used goes first, names in use never", async () => {
  const fixture = new Fixture();
  const { resolver, questions } = fixture;
  const answerAll = async (from: number): Promise<void> => {
    for (let at = from; at < questions.length; at++) {
      questions[at]?.answer({ ips: ["10.0.0.1"], ttlMs: 300_000 });
      await settle();
    }
  };
  const names = (from: number, to: number): Set<string> =>
    new Set(Array.from({ length: to - from }, (_, i) => `h${from + i}.example`));
  resolver.watch(names(0, 10));
  await answerAll(0);
  resolver.watch(names(10, MAX_KEPT_NAMES));
  await answerAll(10);
  // All fit: what is not used comes back without a question, and is the most recently used then.
  resolver.watch(names(10, MAX_KEPT_NAMES).union(names(0, 1)));
  resolver.watch(names(10, MAX_KEPT_NAMES));
  assert.equal(questions.length, MAX_KEPT_NAMES);
  // Nine more push out those that were not used for longest.
  resolver.watch(names(10, MAX_KEPT_NAMES + 9));
  await answerAll(MAX_KEPT_NAMES);
  const asked = (): string[] => questions.slice(MAX_KEPT_NAMES + 9).map(({ host }) => host);
  resolver.watch(names(10, MAX_KEPT_NAMES + 9).union(names(0, 1)));
  assert.deepEqual(asked(), []);
  resolver.watch(names(10, MAX_KEPT_NAMES + 9).union(names(0, 2)));
  assert.deepEqual(asked(), ["h1.example"]);
  // However many are used, all of them are kept.
  for (const name of names(10, MAX_KEPT_NAMES + 9)) assert.equal(resolver.addresses(name).length, 1);
});

Deno.test("another family, or other servers, are no longer content with what is remembered", async () => {
  const fixture = new Fixture();
  const { resolver, questions } = fixture;
  resolver.watch(new Set(["a.example", "b.example"]));
  questions[0]?.answer({ ips: ["fd00::1", "10.0.0.1"] });
  await fixture.answer(["10.0.0.2"]);
  resolver.watch(new Set(["a.example"]));
  resolver.configure({ ...OPTIONS, family: "ipv4" });
  // Those in use are asked again at once, and have what is still wanted of what they had until then.
  assert.deepEqual(questions.slice(2).map(({ host }) => host), ["a.example"]);
  assert.deepEqual(resolver.addresses("a.example"), ["10.0.0.1"]);
  await fixture.answer(["10.0.0.3"]);
  assert.deepEqual(resolver.addresses("a.example"), ["10.0.0.3"]);
  resolver.watch(new Set(["a.example", "b.example"]));
  assert.equal(questions.at(-1)?.host, "b.example");
  resolver.close();
});
