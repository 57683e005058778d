import assert from "node:assert/strict";
import { HeatMapBins, heatOf, usedRows } from "../../../src/dashboard/pure/heat_map.ts";
import { History } from "../../../src/dashboard/pure/history.ts";
import { Ring } from "../../../src/dashboard/pure/ring.ts";

Deno.test("history: the last rows are kept, and a gap is a row without values", () => {
  const history = new History(["a", "b"], 4);
  for (let n = 1; n <= 9; n++) history.push(n, { a: n, b: null });
  assert.deepEqual(history.columns("a"), { times: [6, 7, 8, 9], values: [[6, 7, 8, 9]] });
  assert.deepEqual([history.latest("a"), history.latest("b"), history.span], [9, null, 3]);
  history.push(9, { a: 100, b: 0 });
  assert.equal(history.latest("a"), 9);
  history.push(20, { a: 20, b: 2 });
  assert.deepEqual(history.columns("a", "b").values, [[8, 9, null, 20], [null, null, null, 2]]);
});

Deno.test("heat map: counts of the same span are added up, old spans go", () => {
  const bins = new HeatMapBins(2, 3);
  for (let time = 0; time < 9; time++) bins.add({ time, counts: [1, time] });
  assert.deepEqual(bins.map(), { times: [3, 6], counts: [[3, 12], [3, 21]], largest: 21 });
  // A clock that goes back puts nothing into columns that are over.
  bins.add({ time: 1, counts: [100, 100] });
  assert.equal(bins.map().largest, 21);
});

Deno.test("heat map: one among thousands is seen, and rows without counts are left out", () => {
  assert.equal(heatOf(0, 10), 0);
  assert.equal(heatOf(10, 10), 1);
  assert.ok(heatOf(1, 10_000) >= 0.12);
  const map = { times: [0], counts: [[0, 0, 0, 5, 1, 0, 0, 0]], largest: 5 };
  assert.deepEqual(usedRows(map, 8), { first: 2, last: 5 });
  assert.deepEqual(usedRows({ times: [], counts: [], largest: 0 }, 8), { first: 0, last: 5 });
});

Deno.test("ring: the oldest goes when it is full", () => {
  const ring = new Ring(3);
  assert.deepEqual(ring.values(), []);
  for (const value of [1, 2, 3, 4, 5]) ring.push(value);
  assert.deepEqual(ring.values(), [3, 4, 5]);
});
