import assert from "node:assert/strict";
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatMs,
  formatRate,
  formatSpan,
  formatTime,
  plural,
} from "../../../src/dashboard/base/format.ts";

Deno.test("format: three figures, and a unit", () => {
  const counts = [0, 0.42, 4.24, 42, 999, 999.6, 1_234, 999_600, 12_300_000].map(formatCount);
  assert.deepEqual(counts, ["0", "0.42", "4.2", "42", "999", "1k", "1.2k", "1M", "12M"]);
  assert.deepEqual([0.001, 0.5].map(formatRate), ["0", "0.50"]);
  assert.deepEqual([formatBytes(1_500), formatByteRate(0.2)], ["1.5 kB", "0 B/s"]);
});

Deno.test("format: times", () => {
  const times = [null, 0.42, 12.3, 1_200, 75_000].map(formatMs);
  assert.deepEqual(times, ["–", "0.42 ms", "12 ms", "1.2 s", "1 min"]);
  const spans = [-5, 4_900, 3_600_000, 7_500_000, 90_000_000].map(formatSpan);
  assert.deepEqual(spans, ["0 s", "4 s", "1 h", "2 h 5 min", "1 d 1 h"]);
  assert.equal(formatTime("nonsense"), "–");
});

Deno.test("format: one and many", () => {
  assert.deepEqual([plural(1, "target"), plural(1_200, "target")], ["1 target", "1.2k targets"]);
});
