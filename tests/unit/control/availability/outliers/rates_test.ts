import fc from "fast-check";
import assert from "node:assert/strict";
import { findOutliers, type Outcomes } from "../../../../../src/control/availability/outliers/rates.ts";

const LIMITS = {
  failure_percentage_threshold: 0,
  success_rate_stdev_factor: 0,
  min_requests: 10,
  min_hosts: 3,
};

function failing(...failures: readonly number[]): Outcomes[] {
  return failures.map((failed) => ({ total: 100, failed }));
}

Deno.test("a share of failures ejects, the worst first", () => {
  const limits = { ...LIMITS, failure_percentage_threshold: 50 };
  assert.deepEqual(findOutliers(failing(50, 0, 90, 49), limits), [
    { index: 2, cause: "failure_percentage" },
    { index: 0, cause: "failure_percentage" },
  ]);
});

Deno.test("a share of successes far below the others' ejects, and equal ones never do", () => {
  const limits = { ...LIMITS, success_rate_stdev_factor: 1.9 };
  assert.deepEqual(findOutliers(failing(1, 0, 2, 1, 0, 1, 2, 40), limits), [{
    index: 7,
    cause: "success_rate",
  }]);
  assert.deepEqual(findOutliers(failing(40, 41, 42, 40), limits), []);
  for (const failed of [0, 10, 33, 70, 100]) {
    assert.deepEqual(findOutliers(failing(...Array<number>(7).fill(failed)), limits), []);
  }
});

Deno.test("few requests are not judged, nor are few targets", () => {
  const limits = { ...LIMITS, failure_percentage_threshold: 50 };
  const few = { total: 9, failed: 9 };
  assert.deepEqual(findOutliers([few, ...failing(0, 0, 0)], limits), []);
  assert.deepEqual(findOutliers([few, ...failing(90, 0)], limits), []);
  assert.deepEqual(findOutliers([null, ...failing(90, 0)], limits), []);
  assert.equal(findOutliers([null, ...failing(90, 0, 0)], limits)[0]?.index, 1);
});

Deno.test("who is ejected by the deviation is below the mean, and nobody is without a threshold", () => {
  const outcomes = fc.array(
    fc.nat(100).chain((total) => fc.record({ total: fc.constant(total), failed: fc.nat(total) })),
    { maxLength: 12 },
  );
  fc.assert(fc.property(outcomes, fc.double({ min: 0.1, max: 3, noNaN: true }), (list, factor) => {
    assert.deepEqual(findOutliers(list, LIMITS), []);
    const judged = list.filter(({ total }) => total >= LIMITS.min_requests);
    const rate = ({ total, failed }: Outcomes): number => 1 - failed / total;
    const mean = judged.reduce((sum, one) => sum + rate(one), 0) / judged.length;
    for (const { index } of findOutliers(list, { ...LIMITS, success_rate_stdev_factor: factor })) {
      assert.ok(judged.length >= LIMITS.min_hosts);
      assert.ok(rate(list[index]!) < mean);
    }
  }));
});
