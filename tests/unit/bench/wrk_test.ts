import assert from "node:assert/strict";
import { parseWrkReport } from "../../../bench/process/wrk.ts";

Deno.test("the report is found behind wrk's own text", () => {
  const output = "Running 1s test @ http://127.0.0.1:1/\n  1 threads and 64 connections\n\n" +
    '{"durationUs":1000123,"requests":5000,"bytes":1000000,"errors":0}\n';
  assert.deepEqual(parseWrkReport(output), {
    durationUs: 1_000_123,
    requests: 5000,
    bytes: 1_000_000,
    errors: 0,
  });
});

Deno.test("output without a report is refused", () => {
  assert.throws(() => parseWrkReport("unable to connect\n"), RangeError);
});
