import assert from "node:assert/strict";
import { median, percentile } from "../../../bench/stats.ts";

Deno.test("the median is the middle value, or the mean of the two in the middle", () => {
  assert.equal(median([3]), 3);
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 2, 4, 100]), 7);
  assert.ok(Number.isNaN(median([])));
});

Deno.test("a percentile is the value at its nearest rank", () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.equal(percentile(values, 50), 50);
  assert.equal(percentile(values, 99), 99);
  assert.equal(percentile(values, 100), 100);
  assert.equal(percentile([7], 1), 7);
  assert.equal(percentile([1, 2, 3], 50), 2);
});
