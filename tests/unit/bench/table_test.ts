import assert from "node:assert/strict";
import { summarise } from "../../../bench/results.ts";
import { formatResults } from "../../../bench/table.ts";
import { sampleSuite } from "./sample_suite.ts";

Deno.test("the table has a line a figure, ratios in brackets, and a dash where nothing was measured", () => {
  const rows = summarise(sampleSuite, [
    { suite: "sample", scenario: "load", rival: "old", round: 1, sample: { cpu: 12.34, rate: 80_000 } },
    { suite: "sample", scenario: "load", rival: "new", round: 1, sample: { cpu: 24.68, rate: 40_000 } },
    { suite: "sample", scenario: "idle", rival: "new", round: 1, sample: { memory: 3 } },
  ]);
  assert.equal(
    formatResults(rows, ["old", "new"], "old"),
    "                     old           new\n" +
      "some load  CPU µs   12.3   24.7 (2.00)\n" +
      "           1/s     80000  40000 (0.50)\n" +
      "no load    KB          -          3.00\n",
  );
});
