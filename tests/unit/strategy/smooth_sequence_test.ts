import fc from "fast-check";
import assert from "node:assert/strict";
import { SmoothSequence } from "../../../src/strategy/smooth_sequence.ts";

function take(weights: readonly number[], count: number): string {
  const sequence = new SmoothSequence(weights);
  return Array.from({ length: count }, (_, i) => "abcdefgh"[sequence.at(i)] ?? "-").join("");
}

/** nginx's algorithm as its commit 52327e0 describes it, with the current weights kept between picks. */
function nginx(weights: readonly number[], count: number): number[] {
  const current = weights.map(() => 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: count }, () => {
    let best = -1;
    weights.forEach((weight, i) => {
      if (weight === 0) return;
      current[i] = (current[i] ?? 0) + weight;
      if (best < 0 || (current[i] ?? 0) > (current[best] ?? 0)) best = i;
    });
    current[best] = (current[best] ?? 0) - total;
    return best;
  });
}

Deno.test("5, 1, 1 gives a a b a c a a, again and again", () => {
  assert.equal(take([5, 1, 1], 14), "aabacaaaabacaa");
});

Deno.test("equal weights take turns, in the order of the list", () => {
  assert.equal(take([1, 1, 1], 6), "abcabc");
  assert.equal(take([7, 7], 4), "abab");
});

Deno.test("weight 0 takes no part; nothing but zeros gives no target", () => {
  assert.equal(take([0, 2, 0, 1], 6), "bdbbdb");
  assert.equal(take([0, 0], 2), "--");
  assert.equal(take([], 1), "-");
});

Deno.test("any position can be asked for, in any order, also far behind the end of the period", () => {
  const sequence = new SmoothSequence([5, 1, 1]);
  assert.equal(sequence.period, 7);
  const picked = [2 ** 32 - 1, 2, 4 + 7 * 1_000_000, 0].map((position) => sequence.at(position));
  assert.deepEqual(picked, [sequence.at((2 ** 32 - 1) % 7), 1, 2, 0]);
});

Deno.test("the period is shortened by the common divisor", () => {
  assert.equal(new SmoothSequence([250, 50, 50]).period, 7);
  assert.equal(take([250, 50, 50], 7), "aabacaa");
});

Deno.test("the order is nginx's for any weights", () => {
  const weights = fc.array(fc.integer({ min: 0, max: 256 }), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(weights, (list) => {
    fc.pre(list.some((weight) => weight > 0));
    const sequence = new SmoothSequence(list);
    const count = Math.min(3 * sequence.period, 600);
    assert.deepEqual(Array.from({ length: count }, (_, i) => sequence.at(i)), nginx(list, count));
  }));
});

Deno.test("each target is chosen as often in a period as its weight says", () => {
  const weights = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(weights, (list) => {
    const sequence = new SmoothSequence(list);
    const counts = list.map(() => 0);
    for (let i = 0; i < sequence.period; i++) counts[sequence.at(i)] = (counts[sequence.at(i)] ?? 0) + 1;
    const total = list.reduce((sum, weight) => sum + weight, 0);
    assert.deepEqual(counts, list.map((weight) => total === 0 ? 0 : weight * sequence.period / total));
  }));
});
