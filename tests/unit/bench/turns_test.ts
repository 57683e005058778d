import assert from "node:assert/strict";
import { medians, rotate, turns } from "../../../bench/turns.ts";
import { sampleSuite } from "./sample_suite.ts";

Deno.test("all rivals have their turns, each time beginning with another one", () => {
  const order = turns(3, ["old", "new"]);
  assert.deepEqual(order.map(({ one }) => one), ["old", "new", "new", "old", "old", "new"]);
  assert.deepEqual(order.map(({ isFirst }) => isFirst), [true, true, false, false, false, false]);
  assert.deepEqual(order.map(({ isLast }) => isLast), [false, false, false, false, true, true]);
});

Deno.test("a rival's turns share one list of samples", () => {
  const order = turns(2, ["old", "new"]);
  for (const { one, samples } of order) samples.push({ cpu: one.length });
  assert.deepEqual(order.map(({ samples }) => samples.length), [2, 2, 2, 2]);
  assert.equal(new Set(order.map(({ samples }) => samples)).size, 2);
});

Deno.test("the sample of a round is the median of its turns, metric by metric", () => {
  const [load] = sampleSuite.scenarios;
  assert.ok(load !== undefined);
  const samples = [{ cpu: 1, rate: 30 }, { cpu: 3, rate: 10 }, { cpu: 2, rate: 90 }];
  assert.deepEqual(medians(load, samples), { cpu: 2, rate: 30 });
});

Deno.test("nothing goes round as nothing", () => {
  assert.deepEqual(rotate([], 3), []);
  assert.deepEqual(rotate([1, 2, 3], 4), [2, 3, 1]);
});
