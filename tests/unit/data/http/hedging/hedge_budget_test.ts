import assert from "node:assert/strict";
import fc from "fast-check";
import { HedgeBudget } from "../../../../../src/data/http/hedging/hedge_budget.ts";

Deno.test("hedge budget: twenty requests at 5 % buy one hedge", () => {
  const budget = new HedgeBudget(0.05);
  for (let request = 0; request < 19; request++) budget.onRequest();
  assert.equal(budget.take(), false);
  budget.onRequest();
  assert.equal(budget.take(), true);
  assert.equal(budget.take(), false);
  assert.equal(budget.refused, 2);
});

Deno.test("hedge budget: what is not used is saved up to the burst", () => {
  const budget = new HedgeBudget(0.5, 3);
  for (let request = 0; request < 1000; request++) budget.onRequest();
  assert.deepEqual([1, 2, 3, 4].map(() => budget.take()), [true, true, true, false]);
});

Deno.test("hedge budget: hedges never pass their share, whatever is asked for", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.boolean(), { maxLength: 500 }),
      (share, wishes) => {
        const budget = new HedgeBudget(share);
        let requests = 0;
        let hedges = 0;
        for (const wish of wishes) {
          budget.onRequest();
          requests++;
          if (wish && budget.take()) hedges++;
          assert.ok(hedges <= requests * share + 1e-6);
        }
      },
    ),
  );
});

Deno.test("hedge budget: none at 0, refuses shares outside 0 to 1", () => {
  const budget = new HedgeBudget(0);
  for (let request = 0; request < 100; request++) budget.onRequest();
  assert.equal(budget.take(), false);
  for (const share of [-0.1, 1.1, NaN]) assert.throws(() => new HedgeBudget(share), RangeError);
  assert.throws(() => new HedgeBudget(0.05, 0.5), RangeError);
});
