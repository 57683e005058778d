import assert from "node:assert/strict";
import type { LookupCall, LookupResult } from "../../../../src/control/dns/lookup.ts";
import { Resolver } from "../../../../src/control/dns/resolver.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";

const OPTIONS = {
  servers: [],
  family: "both",
  minTtlMs: 1_000,
  maxTtlMs: 300_000,
  negativeTtlMs: 5_000,
  onFailure: "keep_last",
} as const;

/** A resolver whose look-ups the test answers. */
class Fixture {
  readonly clock = new FakeClock();
  readonly questions: (PromiseWithResolvers<LookupResult> & { readonly call: LookupCall })[] = [];
  readonly resolver = new Resolver(this.clock, new LogLines().log, OPTIONS, () => {}, (_host, call) => {
    const question = { ...Promise.withResolvers<LookupResult>(), call };
    this.questions.push(question);
    return question.promise;
  });
}

Deno.test("a name may be looked up once, beside those that are watched", async () => {
  const { resolver, questions, clock } = new Fixture();
  const found = resolver.find("web.example");
  questions[0]?.resolve({ ips: ["10.0.0.1", "fd00::1"], ttlMs: 1, unanswered: null });
  assert.deepEqual(await found, ["10.0.0.1", "fd00::1"]);
  assert.deepEqual([resolver.status(), clock.pendingTimers], [[], 0]);
  const none = assert.rejects(resolver.find("no.example"), /no such name/);
  questions[1]?.reject(new Error("no such name"));
  await none;
});

Deno.test("one that has to make room gives what it has; a closed resolver gives nothing", async () => {
  const { resolver, questions } = new Fixture();
  const found = resolver.find("web.example");
  questions[0]?.call.onPart({ ips: ["10.0.0.1"], ttlMs: null, unanswered: "IPv6" });
  questions[0]?.reject(new Error("no more time"));
  assert.deepEqual(await found, ["10.0.0.1"]);
  const late = assert.rejects(resolver.find("late.example"), /closed/);
  resolver.close();
  assert.equal(questions[1]?.call.signal.aborted, true);
  questions[1]?.reject(new Error("closed"));
  await late;
});
