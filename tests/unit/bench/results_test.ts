import assert from "node:assert/strict";
import { ownReferences, summarise } from "../../../bench/results.ts";
import type { Measurement } from "../../../bench/results.ts";
import { sampleSuite } from "./sample_suite.ts";

function load(rival: string, round: number, cpu: number): Measurement {
  return { suite: "sample", scenario: "load", rival, round, sample: { cpu, rate: 1000 / cpu } };
}

Deno.test("ratios are taken within each round, then their median", () => {
  const rows = summarise(sampleSuite, [
    load("old", 1, 10),
    load("new", 1, 20),
    // Others slowed this round down: both figures doubled, their ratio did not.
    load("new", 2, 44),
    load("old", 2, 20),
    load("old", 3, 11),
    load("new", 3, 33),
  ]);
  assert.deepEqual(rows.map((row) => [row.scenario, row.metric.name]), [["load", "cpu"], ["load", "rate"]]);
  assert.deepEqual(rows[0]?.cells["old"], { values: [10, 20, 11], median: 11, ratio: 1, furtherRatios: {} });
  assert.deepEqual(rows[0]?.cells["new"], {
    values: [20, 44, 33],
    median: 33,
    ratio: 2.2,
    furtherRatios: {},
  });
});

Deno.test("a round in which one of the two failed does not count for their ratio", () => {
  const rows = summarise(sampleSuite, [load("old", 2, 10), load("new", 1, 90), load("new", 2, 15)]);
  assert.equal(rows[0]?.cells["new"]?.ratio, 1.5);
});

Deno.test("without the reference there are figures and no ratios", () => {
  const rows = summarise(sampleSuite, [load("new", 1, 15)]);
  assert.deepEqual(rows[0]?.cells, { new: { values: [15], median: 15, ratio: null, furtherRatios: {} } });
});

Deno.test("a rival may be compared with another one than its suite's reference", () => {
  const [old, fresh] = sampleSuite.rivals;
  assert.ok(old !== undefined && fresh !== undefined);
  const suite = { ...sampleSuite, rivals: [old, fresh, { ...fresh, name: "newest", reference: "new" }] };
  const rows = summarise(suite, [load("old", 1, 10), load("new", 1, 20), load("newest", 1, 50)]);
  assert.equal(rows[0]?.cells["new"]?.ratio, 2);
  assert.equal(rows[0]?.cells["newest"]?.ratio, 2.5);
  assert.deepEqual(ownReferences(suite), { newest: "new" });
});

Deno.test("measurements of another suite do not count", () => {
  assert.deepEqual(summarise(sampleSuite, [{ ...load("old", 1, 1), suite: "other" }]), []);
});

Deno.test("further references have ratios within each round, too, but not for who is compared with another", () => {
  const [old, fresh] = sampleSuite.rivals;
  assert.ok(old !== undefined && fresh !== undefined);
  const suite = {
    ...sampleSuite,
    furtherReferences: ["new", "absent"],
    rivals: [old, fresh, { ...fresh, name: "newest", reference: "old" }],
  };
  const rows = summarise(suite, [
    load("old", 1, 10),
    load("new", 1, 20),
    load("newest", 1, 30),
    load("old", 2, 20),
    load("new", 2, 80),
  ]);
  assert.deepEqual(rows[0]?.cells["old"]?.furtherRatios, { new: 0.375 });
  assert.deepEqual(rows[0]?.cells["new"]?.furtherRatios, { new: 1 });
  assert.deepEqual(rows[0]?.cells["newest"]?.furtherRatios, {});
});
