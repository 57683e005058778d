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

/** How often each target comes in a period, and the distances between its turns, as shares of their mean. */
function survey(weights: readonly number[]): { counts: number[]; shortest: number; longest: number } {
  const sequence = new SmoothSequence(weights);
  const { period } = sequence;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map(() => 0);
  const last = weights.map(() => -1);
  let shortest = Infinity;
  let longest = 0;
  // The turns of two periods: distances over the end of a period count as well.
  for (let position = 0; position < 2 * period; position++) {
    const target = sequence.at(position);
    const before = last[target] ?? -1;
    last[target] = position;
    if (position < period) counts[target] = (counts[target] ?? 0) + 1;
    if (before < 0) continue;
    const distance = (position - before) * (weights[target] ?? 0) / total;
    shortest = Math.min(shortest, distance);
    longest = Math.max(longest, distance);
  }
  return { counts, shortest, longest };
}

function mixed(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => 1 + (i * 7919 + seed * 104_729) % 256);
}

Deno.test("many different weights are shared exactly and evenly, though the order is not nginx's", () => {
  for (const [count, seed] of [[13, 1], [20, 2], [100, 3], [333, 4], [1000, 5], [2000, 6]] as const) {
    const weights = mixed(count, seed);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const { period } = new SmoothSequence(weights);
    const { counts, shortest, longest } = survey(weights);
    assert.deepEqual(counts, weights.map((weight) => weight * period / total), `${count} targets`);
    assert.ok(
      shortest > 0.1 && longest < 4,
      `${count} targets: distances ${shortest} to ${longest} of the mean`,
    );
  }
});

Deno.test("many targets that share a few weights keep nginx's order", () => {
  const weights = fc.array(fc.constantFrom(0, 2, 4, 6), { minLength: 100, maxLength: 400 });
  fc.assert(
    fc.property(weights, (list) => {
      fc.pre(list.some((weight) => weight > 0));
      const sequence = new SmoothSequence(list);
      const count = Math.min(2 * sequence.period, 900);
      assert.deepEqual(Array.from({ length: count }, (_, i) => sequence.at(i)), nginx(list, count));
    }),
    { numRuns: 20 },
  );
});

Deno.test("equal weights are plain rotation, and one giant among them is spread, at 10,000 targets too", () => {
  const equal = new SmoothSequence(Array.from({ length: 10_000 }, () => 256));
  assert.equal(equal.period, 10_000);
  for (let position = 0; position < 20_000; position++) assert.equal(equal.at(position), position % 10_000);
  const giant = new SmoothSequence(Array.from({ length: 10_000 }, (_, i) => i === 4_321 ? 256 : 1));
  const turns = Array.from({ length: giant.period }, (_, i) => i).filter((i) => giant.at(i) === 4_321);
  const distances = turns.slice(1).map((turn, i) => turn - (turns[i] ?? 0));
  assert.equal(turns.length, 256);
  assert.ok(Math.min(...distances) >= 20 && Math.max(...distances) <= 60, `distances ${distances}`);
});

Deno.test("the order depends on weights and position alone, not on what was asked or which weights came before", () => {
  const weights = fc.array(fc.integer({ min: 0, max: 256 }), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(weights, weights, fc.array(fc.nat(2 ** 32 - 1)), (list, other, positions) => {
    const fresh = new SmoothSequence(list);
    const used = new SmoothSequence(list.map((_, i) => other[i] ?? 0));
    used.at(7);
    used.assign(list);
    assert.equal(used.period, fresh.period);
    for (const position of positions) {
      const expected = new SmoothSequence(list).at(position);
      assert.deepEqual([fresh.at(position), used.at(position)], [expected, expected]);
    }
  }));
});
