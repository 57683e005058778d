import assert from "node:assert/strict";
import fc from "fast-check";
import { serviceWeights } from "../../../../src/control/daemon/service_weights.ts";

function weigh(weights: readonly number[], factor = 1, priorities: readonly number[] = []): number[] {
  const records = weights.map((weight, at) => ({
    host: `h${at}.example`,
    port: 80,
    priority: priorities[at] ?? 0,
    weight,
  }));
  return serviceWeights(records, factor);
}

Deno.test("weights of a service keep their shares, in small numbers where that is exact", () => {
  assert.deepEqual(weigh([10, 20, 30]), [1, 2, 3]);
  assert.deepEqual(weigh([100, 100]), [1, 1]);
  assert.deepEqual(weigh([256, 1]), [256, 1]);
  assert.deepEqual(weigh([65_535, 1, 32_767]), [256, 1, 128]);
  assert.deepEqual(weigh([]), []);
});

Deno.test("weight 0 is a small share beside others, and an equal one among its like", () => {
  assert.deepEqual(weigh([0, 1]), [1, 256]);
  assert.deepEqual(weigh([0, 10, 5]), [1, 256, 128]);
  assert.deepEqual(weigh([0, 0, 0]), [1, 1, 1]);
});

Deno.test("the target's own weight multiplies, as far as there is room, and 0 takes none", () => {
  assert.deepEqual(weigh([1, 2], 10), [10, 20]);
  assert.deepEqual(weigh([1, 2], 200), [128, 256]);
  assert.deepEqual(weigh([0, 0], 7), [7, 7]);
  assert.deepEqual(weigh([3, 4], 0), [0, 0]);
});

Deno.test("each priority has shares of its own", () => {
  assert.deepEqual(weigh([65_535, 65_535, 1, 2], 1, [0, 0, 9, 9]), [1, 1, 1, 2]);
});

Deno.test("property: 1 to 256, in the order of the weights, and never far from their shares", () => {
  const weights = fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(weights, fc.integer({ min: 1, max: 256 }), (given, factor) => {
    const made = weigh(given, factor);
    const most = Math.max(...given);
    const scale = Math.max(...made) / most;
    for (const [at, weight] of made.entries()) {
      assert.ok(Number.isInteger(weight) && weight >= 1 && weight <= 256, `${weight}`);
      if (most > 0) assert.ok(weight === 1 || Math.abs(weight - (given[at] ?? 0) * scale) <= 0.5 + 1e-9);
    }
  }));
});
