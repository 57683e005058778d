import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../../../../src/base/random.ts";
import { AnswerTimes } from "../../../../../src/data/http/hedging/answer_times.ts";

const OPTIONS = { windowMs: 1000, minSamples: 10 };

/** True when `estimate` is at most 2 % from `wanted`. */
function isNear(estimate: number | null, wanted: number): boolean {
  return estimate !== null && Math.abs(estimate / wanted - 1) <= 0.0201;
}

Deno.test("answer times: no estimate before enough are known", () => {
  const times = new AnswerTimes(0, OPTIONS);
  for (let at = 0; at < 9; at++) times.record(5, 0);
  assert.equal(times.quantile(0.95, 0), null);
  times.record(5, 0);
  assert.ok(isNear(times.quantile(0.95, 0), 5));
});

Deno.test("answer times: an estimate is at most 2 % off", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.06, max: 100_000, noNaN: true }), { minLength: 10, maxLength: 300 }),
      fc.constantFrom(0.5, 0.9, 0.95, 0.99),
      (list, share) => {
        const times = new AnswerTimes(0, OPTIONS);
        for (const time of list) times.record(time, 0);
        const sorted = [...list].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length) - 1]!;
        assert.ok(isNear(times.quantile(share, 0), exact), `${times.quantile(share, 0)} for ${exact}`);
      },
    ),
  );
});

Deno.test("answer times: times outside of the scale count at its ends", () => {
  const times = new AnswerTimes(0, OPTIONS);
  for (const time of [0, -1, NaN, 0.001, 1e12, Infinity, 1e12, 1e12, 1e12, 1e12]) times.record(time, 0);
  assert.equal(times.quantile(0.4, 0), 0.05);
  assert.ok((times.quantile(0.99, 0) ?? 0) > 190_000);
});

Deno.test("answer times: old times are forgotten, those of the last window still count", () => {
  const times = new AnswerTimes(0, OPTIONS);
  for (let at = 0; at < 20; at++) times.record(100, 500);
  assert.equal(times.count(1500), 20);
  for (let at = 0; at < 20; at++) times.record(1, 1500);
  assert.ok(isNear(times.quantile(0.95, 1500), 100));
  assert.equal(times.count(2600), 20);
  assert.ok(isNear(times.quantile(0.95, 2600), 1));
  times.record(1, 2600);
  assert.equal(times.count(10_000), 0);
  assert.equal(times.quantile(0.95, 10_000), null);
});

Deno.test("answer times: the quantile holds its place when slow attempts are given up at it", () => {
  const random = seededRandom(7);
  const times = new AnswerTimes(0, { windowMs: 1000, minSamples: 20 });
  let hedges = 0;
  for (let request = 0; request < 20_000; request++) {
    const now = request;
    const time = random() < 0.02 ? 500 : 4 + 2 * random();
    const delay = times.quantile(0.95, now);
    const isHedged = delay !== null && time > delay;
    if (isHedged) hedges++;
    // The other endpoint answers 5 ms later, and the slow attempt is given up then.
    times.record(isHedged ? Math.min(time, delay + 5) : time, now);
  }
  assert.ok(hedges > 200 && hedges < 20_000 * 0.06, `${hedges} hedges`);
});
