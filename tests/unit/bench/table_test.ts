import assert from "node:assert/strict";
import { summarise } from "../../../bench/results.ts";
import type { Measurement } from "../../../bench/results.ts";
import { formatResults } from "../../../bench/table.ts";
import { sampleSuite } from "./sample_suite.ts";

Deno.test("the table has a line a figure, ratios in brackets, and a dash where nothing was measured", () => {
  const rows = summarise(sampleSuite, [
    { suite: "sample", scenario: "load", rival: "old", round: 1, sample: { cpu: 12.34, rate: 80_000 } },
    { suite: "sample", scenario: "load", rival: "new", round: 1, sample: { cpu: 24.68, rate: 40_000 } },
    { suite: "sample", scenario: "idle", rival: "new", round: 1, sample: { memory: 3 } },
  ]);
  assert.equal(
    formatResults(rows, ["old", "new"], ["old"]),
    "                     old           new\n" +
      "some load  CPU µs   12.3   24.7 (2.00)\n" +
      "           1/s     80000  40000 (0.50)\n" +
      "no load    KB          -          3.00\n",
  );
});

Deno.test("with two references both ratios are shown, of the references too; with one of its own a rival has that alone", () => {
  const [old, fresh] = sampleSuite.rivals;
  assert.ok(old !== undefined && fresh !== undefined);
  const suite = {
    ...sampleSuite,
    furtherReferences: ["new"],
    rivals: [old, fresh, { ...fresh, name: "newest", reference: "new" }],
  };
  const measured = (rival: string, memory: number): Measurement => (
    { suite: "sample", scenario: "idle", rival, round: 1, sample: { memory } }
  );
  const rows = summarise(suite, [measured("old", 2), measured("new", 4), measured("newest", 6)]);
  assert.equal(
    formatResults(rows, ["old", "new", "newest"], ["old", "new"]),
    "                           old                new       newest\n" +
      "no load  KB  2.00 (1.00, 0.50)  4.00 (2.00, 1.00)  6.00 (1.50)\n",
  );
  const alone = summarise(suite, [measured("new", 4)]);
  assert.equal(formatResults(alone, ["new"], ["old", "new"]).split("\n")[1], "no load  KB  4.00 (-, 1.00)");
});
