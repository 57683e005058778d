import assert from "node:assert/strict";
import fc from "fast-check";
import { Board, COUNTER_ROW, MAX_SLOTS } from "../../../src/model/board.ts";
import { HISTOGRAM_ROW, HISTOGRAMS, observe } from "../../../src/model/histograms.ts";
import { ThreadMemory } from "../../../src/model/thread_memory.ts";

const ALL = Object.values(HISTOGRAMS);

Deno.test("histograms fill their row and do not overlap", () => {
  const used = ALL.flatMap(({ boundsMs, offset }) =>
    Array.from({ length: boundsMs.length + 2 }, (_, i) => offset + i)
  );
  assert.deepEqual(used.toSorted((a, b) => a - b), Array.from({ length: HISTOGRAM_ROW }, (_, i) => i));
});

Deno.test("bounds rise", () => {
  for (const { boundsMs } of ALL) assert.deepEqual(boundsMs.toSorted((a, b) => a - b), boundsMs);
});

Deno.test("a time is counted once, in the lowest bucket whose bound it does not pass, and in the sum", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ALL),
      fc.array(fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constantFrom(0, 0.25, 1, 10_000))),
      (histogram, times) => {
        const values = new Float64Array(HISTOGRAM_ROW * 3);
        for (const ms of times) observe(values, HISTOGRAM_ROW, histogram, ms);
        const { boundsMs, offset } = histogram;
        const start = HISTOGRAM_ROW + offset;
        [...boundsMs, Infinity].forEach((bound, i) => {
          const below = boundsMs[i - 1] ?? -1;
          const wanted = times.filter((ms) => ms > below && ms <= bound).length;
          assert.equal(values[start + i], wanted, `bucket up to ${bound}`);
        });
        const sum = times.reduce((total, ms) => total + ms, 0);
        assert.equal(values[start + boundsMs.length + 1], sum);
        const others = values.filter((_, at) => at < start || at > start + boundsMs.length + 1);
        assert.ok(others.every((value) => value === 0));
      },
    ),
  );
});

Deno.test("rows of histograms lie behind all counters, and the last one fits", () => {
  const values = ThreadMemory.allocate(MAX_SLOTS);
  const memory = new ThreadMemory(values);
  assert.equal(memory.slots, MAX_SLOTS);
  assert.equal(memory.histograms(0), Board.counter(MAX_SLOTS, 0));
  assert.equal(memory.histograms(1) - memory.histograms(0), HISTOGRAM_ROW);
  assert.equal(memory.histograms(MAX_SLOTS), values.length);
  assert.equal(Board.counter(1, 0), COUNTER_ROW);
});
