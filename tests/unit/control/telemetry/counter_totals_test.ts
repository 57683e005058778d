import assert from "node:assert/strict";
import { CounterTotals } from "../../../../src/control/telemetry/counter_totals.ts";
import { Board, Counter, DEFAULT_SLOTS } from "../../../../src/model/board.ts";
import { HISTOGRAMS, observe } from "../../../../src/model/histograms.ts";
import { ThreadMemory } from "../../../../src/model/thread_memory.ts";

const LAST = DEFAULT_SLOTS - 1;

function add(counters: Float64Array, slot: number, amount: number): void {
  const at = Board.counter(slot, Counter.bytesIn);
  counters[at] = (counters[at] ?? 0) + amount;
}

Deno.test("sums are over all threads, those that are gone included", () => {
  const totals = new CounterTotals();
  const [one, two] = [totals.open(), totals.open()];
  add(one, 3, 1);
  add(two, 3, 10);
  add(two, LAST, 100);
  assert.deepEqual([3, 4, LAST].map((slot) => totals.sum(slot, Counter.bytesIn)), [11, 0, 100]);
  totals.close(two);
  totals.close(two);
  add(two, 3, 1_000);
  assert.deepEqual([3, 4, LAST].map((slot) => totals.sum(slot, Counter.bytesIn)), [11, 0, 100]);
  add(totals.open(), 3, 5);
  assert.equal(totals.sum(3, Counter.bytesIn), 16);
});

Deno.test("of a thread that is gone only slots that were ever used are looked at", () => {
  const totals = new CounterTotals(16, () => 5);
  const counters = totals.open();
  const histograms = new ThreadMemory(counters);
  for (const slot of [4, 5]) {
    add(counters, slot, 1);
    observe(counters, histograms.histograms(slot), HISTOGRAMS.connect, 1);
  }
  totals.close(counters);
  assert.deepEqual([4, 5].map((slot) => totals.sum(slot, Counter.bytesIn)), [1, 0]);
  assert.deepEqual([4, 5].map((slot) => totals.histogram(slot, HISTOGRAMS.connect).sumMs), [1, 0]);
});

Deno.test("clear zeroes one slot and nothing else", () => {
  const totals = new CounterTotals();
  const [one, two] = [totals.open(), totals.open()];
  for (const counters of [one, two]) for (const slot of [4, 5, 6]) add(counters, slot, 1);
  totals.close(two);
  totals.clear(5);
  assert.deepEqual([4, 5, 6].map((slot) => totals.sum(slot, Counter.bytesIn)), [2, 0, 2]);
});

Deno.test("histograms are over all threads, those that are gone included, and go with their slot", () => {
  const totals = new CounterTotals();
  const [one, two] = [totals.open(), totals.open()];
  const row = new ThreadMemory(one).histograms(LAST);
  observe(one, row, HISTOGRAMS.connect, 0.1);
  observe(two, row, HISTOGRAMS.connect, 0.2);
  observe(two, row, HISTOGRAMS.connect, 60_000);
  totals.close(two);
  const { buckets, sumMs } = totals.histogram(LAST, HISTOGRAMS.connect);
  assert.deepEqual([buckets[0], buckets.at(-1), buckets.length], [
    2,
    1,
    HISTOGRAMS.connect.boundsMs.length + 1,
  ]);
  assert.ok(Math.abs(sumMs - 60_000.3) < 1e-9);
  assert.equal(totals.histogram(LAST, HISTOGRAMS.request).sumMs, 0);
  assert.equal(totals.histogram(LAST - 1, HISTOGRAMS.connect).sumMs, 0);
  totals.clear(LAST);
  assert.equal(totals.histogram(LAST, HISTOGRAMS.connect).sumMs, 0);
});
