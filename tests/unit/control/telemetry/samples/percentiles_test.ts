import assert from "node:assert/strict";
import { percentiles } from "../../../../../src/control/telemetry/samples/percentiles.ts";

const BOUNDS = [10, 20, 50, 100];

Deno.test("nothing counted has no percentiles", () => {
  assert.equal(percentiles([0, 0, 0, 0, 0], BOUNDS), null);
});

Deno.test("times are taken to be spread evenly over their bucket", () => {
  assert.deepEqual(percentiles([0, 100, 0, 0, 0], BOUNDS), { p50: 15, p90: 19, p99: 19.9 });
  assert.deepEqual(percentiles([50, 40, 10, 0, 0], BOUNDS), { p50: 10, p90: 20, p99: 47 });
  assert.deepEqual(percentiles([1, 0, 0, 0, 0], BOUNDS), { p50: 5, p90: 9, p99: 9.9 });
});

Deno.test("empty buckets between are passed over, and what is above all bounds is the last bound", () => {
  assert.deepEqual(percentiles([50, 0, 0, 50, 0], BOUNDS), { p50: 10, p90: 90, p99: 99 });
  assert.deepEqual(percentiles([0, 0, 0, 0, 3], BOUNDS), { p50: 100, p90: 100, p99: 100 });
});
