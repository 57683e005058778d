import assert from "node:assert/strict";
import { MAX_SERVICE_HOSTS } from "../../../../../src/base/limits.ts";
import {
  formatServiceRecord,
  readServiceRecords,
} from "../../../../../src/control/dns/services/service_record.ts";

function read(...values: string[]): string[] {
  return readServiceRecords(values).map(formatServiceRecord);
}

Deno.test("hosts of a service: lowest priority first, then the greater weight, whatever the answer's order", () => {
  const wanted = ["0 5 80 z.example", "10 60 80 b.example", "10 20 80 c.example", "10 20 81 c.example"];
  assert.deepEqual(read(...wanted), wanted);
  assert.deepEqual(read(...wanted.toReversed()), wanted);
});

Deno.test("a host and port counts once, where it is best", () => {
  assert.deepEqual(read("20 9 80 a.example", "10 1 80 a.example", "10 2 81 a.example"), [
    "10 2 81 a.example",
    "10 1 80 a.example",
  ]);
});

Deno.test("the root says that the service is not offered, and port 0 takes no connection", () => {
  assert.deepEqual(read("0 0 0 "), []);
  assert.deepEqual(read("0 0 80 "), []);
  assert.deepEqual(read("0 0 0 a.example", "1 0 80 b.example"), ["1 0 80 b.example"]);
});

Deno.test("a service has so many hosts and no more: the best ones", () => {
  const values = Array.from({ length: MAX_SERVICE_HOSTS + 5 }, (_, i) => `${i} 1 80 h${i}.example`);
  const records = read(...values.toReversed());
  assert.equal(records.length, MAX_SERVICE_HOSTS);
  assert.equal(records[0], values[0]);
});
