import assert from "node:assert/strict";
import { AnswerTimes } from "../../../../../src/data/http/hedging/answer_times.ts";
import { HedgeDelay, hedgeQuantile } from "../../../../../src/data/http/hedging/hedge_delay.ts";

Deno.test("hedge delay: a fixed time needs no history", () => {
  assert.equal(new HedgeDelay({ delayMs: 30 }, new AnswerTimes(0)).next(0), 30);
});

Deno.test("hedge delay: a quantile follows the answers, not at each request", () => {
  const times = new AnswerTimes(0, { windowMs: 60_000, minSamples: 10 });
  const delay = new HedgeDelay(hedgeQuantile("p90"), times);
  assert.equal(delay.next(0), null);
  for (let at = 0; at < 100; at++) times.record(at < 85 ? 10 : 200, 0);
  const first = delay.next(0);
  assert.ok(first !== null && Math.abs(first / 200 - 1) < 0.03);
  for (let at = 0; at < 10_000; at++) times.record(10, 0);
  assert.equal(delay.next(0), first);
  for (let request = 0; request < 20; request++) delay.next(0);
  const later = delay.next(0);
  assert.ok(later !== null && Math.abs(later / 10 - 1) < 0.03);
});

Deno.test("hedge delay: reads p50 to p99 and nothing else", () => {
  assert.deepEqual(hedgeQuantile("p50"), { quantile: 0.5 });
  assert.deepEqual(hedgeQuantile("p99"), { quantile: 0.99 });
  for (const text of ["p49", "p5", "p100", "p099", "95", "P95", "p95 ", ""]) {
    assert.throws(() => hedgeQuantile(text), RangeError, text);
  }
});
