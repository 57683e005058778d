import assert from "node:assert/strict";
import {
  formatBytes,
  formatCount,
  formatShare,
  formatTime,
  scaleFormat,
} from "../../../../src/cli/drawing/figures.ts";

Deno.test("times have three digits and the unit that suits them", () => {
  const shown = [0, 0.000412, 0.0412, 0.9994, 0.9996, 9.996, 12.34, 999.4, 999.6, 12_345].map(formatTime);
  assert.deepEqual(shown, [
    "0.00 µs",
    "0.41 µs",
    "41.2 µs",
    "999 µs",
    "1.00 ms",
    "10.0 ms",
    "12.3 ms",
    "999 ms",
    "1.00 s",
    "12.3 s",
  ]);
});

Deno.test("times of a scale share a unit and differ", () => {
  const format = scaleFormat(2.4, 0.2);
  assert.deepEqual([0.8, 1, 1.2, 2.4].map(format), ["0.8 ms", "1.0 ms", "1.2 ms", "2.4 ms"]);
  assert.deepEqual([100.1, 100.2].map(scaleFormat(100.2, 0.1)), ["100.1 ms", "100.2 ms"]);
  assert.equal(scaleFormat(0.9, 0.1)(0.3), "300 µs");
  assert.equal(scaleFormat(5000, 500)(1500), "1.5 s");
});

Deno.test("counts, shares and bytes", () => {
  assert.equal(formatCount(1_234_567.4), "1,234,567");
  assert.equal(formatShare(1, 3), "33.3 %");
  assert.equal(formatShare(0, 0), "0.0 %");
  assert.deepEqual([0, 999, 1500, 65_536, 3e9].map(formatBytes), [
    "0 B",
    "999 B",
    "1.46 KiB",
    "64.0 KiB",
    "2.79 GiB",
  ]);
});
