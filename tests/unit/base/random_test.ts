import assert from "node:assert/strict";
import { seededRandom } from "../../../src/base/random.ts";

Deno.test("a seed fixes the sequence", () => {
  const take = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed));
  assert.deepEqual(take(7), take(7));
  assert.notDeepEqual(take(7), take(8));
});

Deno.test("values are 0 to 1 and spread evenly", () => {
  const random = seededRandom(1);
  const buckets = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const value = random();
    assert.ok(value >= 0 && value < 1);
    buckets[Math.floor(value * 10)]++;
  }
  assert.ok(Math.min(...buckets) > 850 && Math.max(...buckets) < 1_150, buckets.join(" "));
});
