import assert from "node:assert/strict";
import fc from "fast-check";
import { PERCENTILES, TimeStats } from "../../../src/tools/time_stats.ts";

function statsOf(timesMs: readonly number[]): TimeStats {
  const stats = new TimeStats();
  for (const timeMs of timesMs) stats.record(timeMs);
  return stats;
}

const times = fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 });

Deno.test("no times: everything is zero", () => {
  const { count, minMs, meanMs, maxMs, percentilesMs } = new TimeStats().summary();
  assert.deepEqual([count, minMs, meanMs, maxMs, percentilesMs["p99"]], [0, 0, 0, 0, 0]);
  assert.deepEqual(new TimeStats().bars(10), []);
});

Deno.test("percentiles are those of the sorted list, within three digits; the rest is exact", () => {
  fc.assert(fc.property(times, (list) => {
    const sorted = list.toSorted((a, b) => a - b);
    const { minMs, maxMs, meanMs, percentilesMs } = statsOf(list).summary();
    for (const percent of PERCENTILES) {
      const exact = sorted[Math.max(0, Math.ceil((percent / 100) * list.length) - 1)] ?? 0;
      const shown = percentilesMs[`p${percent}`] ?? NaN;
      assert.ok(Math.abs(shown - exact) <= exact * 0.002 + 1e-6, `p${percent}: ${shown} for ${exact}`);
    }
    const sum = list.reduce((total, timeMs) => total + timeMs, 0);
    assert.ok(Math.abs(minMs - (sorted[0] ?? 0)) < 1e-6);
    assert.ok(Math.abs(maxMs - (sorted.at(-1) ?? 0)) < 1e-6);
    assert.ok(Math.abs(meanMs - sum / list.length) < 1e-5);
  }));
});

Deno.test("bars are adjacent, as many as asked for at most, and hold every time once", () => {
  fc.assert(fc.property(times, fc.integer({ min: 3, max: 20 }), (list, most) => {
    const bars = statsOf(list).bars(most);
    assert.ok(bars.length >= 1 && bars.length <= most, `${bars.length} bars of ${most}`);
    assert.equal(bars.reduce((sum, bar) => sum + bar.count, 0), list.length);
    for (const [index, bar] of bars.entries()) {
      if (index > 0) assert.equal(bar.fromMs, bars[index - 1]?.toMs);
    }
  }));
});

Deno.test("a clock that goes backwards, and a time beyond all bounds, do no harm", () => {
  const { minMs, count, percentilesMs } = statsOf([-5, 1e12]).summary();
  assert.equal(minMs, 0);
  assert.equal(count, 2);
  assert.ok((percentilesMs["p99"] ?? 0) > 3e6);
});
