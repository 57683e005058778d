import assert from "node:assert/strict";
import { formatRecord } from "../../../bench/record.ts";
import type { RunFacts } from "../../../bench/record.ts";
import { summarise } from "../../../bench/results.ts";
import { sampleSuite } from "./sample_suite.ts";

const facts: RunFacts = {
  date: "2026-01-02T03:04:05.678Z",
  commit: { hash: "abc123", changed: false },
  machine: { cpu: "Some CPU", processors: 2, kernel: "6.1", arch: "x86_64" },
  versions: { haproxy: "2.6.12" },
  quick: false,
  rounds: 1,
};

Deno.test("a run becomes one line of JSON with rounded figures and no titles", () => {
  const rows = summarise(sampleSuite, [
    { suite: "sample", scenario: "idle", rival: "old", round: 1, sample: { memory: 3.123456789 } },
  ]);
  const unavailable = { new: "not built yet" };
  const references = { newer: "new" };
  const result = {
    suite: "sample",
    reference: "old",
    furtherReferences: [],
    references,
    unavailable,
    failures: [],
    disturbance: 0.01,
    rows,
  };
  const line = formatRecord(facts, [result]);
  assert.equal(line.indexOf("\n"), line.length - 1);
  assert.deepEqual(JSON.parse(line), {
    ...facts,
    suites: [{
      suite: "sample",
      reference: "old",
      furtherReferences: [],
      references,
      unavailable,
      failures: [],
      disturbance: 0.01,
      figures: [{
        scenario: "idle",
        metric: "memory",
        unit: "KB",
        rivals: { old: { values: [3.1235], median: 3.1235, ratio: 1, furtherRatios: {} } },
      }],
    }],
  });
});
