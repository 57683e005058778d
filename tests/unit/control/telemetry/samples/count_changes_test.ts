import assert from "node:assert/strict";
import { CountChanges } from "../../../../../src/control/telemetry/samples/count_changes.ts";
import { Board, Counter } from "../../../../../src/model/board.ts";
import { HISTOGRAMS, observe } from "../../../../../src/model/histograms.ts";
import { ThreadMemory } from "../../../../../src/model/thread_memory.ts";
import { FakeMemory } from "../../../../kit/fake_memory.ts";

const SLOT = 3;

function add(counters: Float64Array, counter: number, amount: number): void {
  counters[Board.counter(SLOT, counter)]! += amount;
}

Deno.test("what grew since the last look, over all threads, those that went included", () => {
  const { totals, counters } = new FakeMemory();
  const other = totals.open();
  add(counters, Counter.connections, 100);
  const changes = new CountChanges(totals, SLOT, [Counter.connections, Counter.bytesIn]);
  changes.look();
  assert.deepEqual([changes.counters, changes.hasChanged], [[0, 0], false]);
  add(counters, Counter.connections, 2);
  add(other, Counter.connections, 3);
  totals.close(other);
  changes.look();
  assert.deepEqual([changes.counters, changes.hasChanged], [[5, 0], true]);
  changes.look();
  assert.deepEqual([changes.counters, changes.hasChanged], [[0, 0], false]);
});

Deno.test("counts that began anew are counted from zero on", () => {
  const { totals, counters } = new FakeMemory();
  add(counters, Counter.bytesIn, 1_000);
  const changes = new CountChanges(totals, SLOT, [Counter.bytesIn]);
  totals.clear(SLOT);
  add(counters, Counter.bytesIn, 7);
  changes.look();
  assert.deepEqual(changes.counters, [7]);
});

Deno.test("histograms change bucket by bucket", () => {
  const { totals, counters } = new FakeMemory();
  const row = new ThreadMemory(counters).histograms(SLOT);
  observe(counters, row, HISTOGRAMS.connect, 0.1);
  const changes = new CountChanges(totals, SLOT, [], [HISTOGRAMS.connect]);
  observe(counters, row, HISTOGRAMS.connect, 0.1);
  observe(counters, row, HISTOGRAMS.connect, 9_999);
  changes.look();
  const [connect = []] = changes.buckets;
  assert.deepEqual([connect[0], connect.at(-1), connect.reduce((sum, one) => sum + one, 0)], [1, 1, 2]);
  assert.ok(changes.hasChanged);
});
