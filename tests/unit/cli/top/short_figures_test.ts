import assert from "node:assert/strict";
import { shortBytes, shortCount, shortTime } from "../../../../src/cli/top/short_figures.ts";

Deno.test("counts, bytes and times take six characters at most", () => {
  assert.deepEqual([0, 4.25, 9.96, 812.4, 999.6, 12_345, 1_200_000].map(shortCount), [
    "0",
    "4.3",
    "10",
    "812",
    "1.0k",
    "12.3k",
    "1.2M",
  ]);
  assert.deepEqual([0, 812, 1024, 1_000_000, 5e9].map(shortBytes), ["0B", "812B", "1K", "977K", "4.7G"]);
  assert.deepEqual([undefined, 0.082, 4.2, 120, 999.6, 12_000].map(shortTime), [
    "-",
    "82µs",
    "4.2ms",
    "120ms",
    "1.0s",
    "12s",
  ]);
});
