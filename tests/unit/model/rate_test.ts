import fc from "fast-check";
import assert from "node:assert/strict";
import { fullAfter, type Rate, rateWait } from "../../../src/model/rate.ts";

/** Times of those that were let through, of some that came. */
function through(rate: Rate, times: readonly number[]): number[] {
  let fullAt = 0;
  return times.filter((now) => {
    if (rateWait(fullAt, now, rate) > 0) return false;
    fullAt = fullAfter(fullAt, now, rate);
    return true;
  });
}

Deno.test("after a pause as many as the burst come at once, then one each interval", () => {
  const rate = { intervalMs: 100, burst: 3 };
  assert.deepEqual(through(rate, [1_000, 1_000, 1_000, 1_000, 1_099, 1_100, 1_199, 1_200, 5_000]), [
    1_000,
    1_000,
    1_000,
    1_100,
    1_200,
    5_000,
  ]);
});

Deno.test("who has to wait is told how long", () => {
  const rate = { intervalMs: 250, burst: 2 };
  const fullAt = fullAfter(fullAfter(0, 1_000, rate), 1_000, rate);
  assert.equal(rateWait(fullAt, 1_000, rate), 250);
  assert.equal(rateWait(fullAt, 1_249, rate), 1);
  assert.equal(rateWait(fullAt, 1_250, rate), 0);
});

Deno.test("a clock that was set back, or a rate that was raised, leaves an empty bucket and no debt", () => {
  const rate = { intervalMs: 100, burst: 5 };
  assert.equal(rateWait(10_000_000, 1_000, rate), 100);
  assert.equal(fullAfter(10_000_000, 1_000, rate), 1_600);
});

Deno.test("property: in no stretch of time more come through than burst and rate allow, and none waits in vain", () => {
  const step = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }));
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 500, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(step, { maxLength: 120 }),
      (intervalMs, burst, steps) => {
        let now = 30_000_000_000;
        const times = steps.map((one) => now += one);
        const passed = through({ intervalMs, burst }, times);
        for (const [from, start] of passed.entries()) {
          for (let to = from; to < passed.length; to++) {
            const most = burst + (passed[to]! - start) / intervalMs;
            assert.ok(to - from + 1 <= most + 0.01, `${to - from + 1} of ${most}`);
          }
        }
        for (const refused of times.filter((time) => !passed.includes(time))) {
          const recent = passed.filter((time) => time <= refused);
          assert.ok(recent.length >= burst, "refused although fewer than the burst came before");
        }
      },
    ),
  );
});
