import assert from "node:assert/strict";
import { ErrorRates } from "../../../../src/region/leader/error_rates.ts";
import type { LoadDocument } from "../../../../src/region/model/documents.ts";

function load(connections: number, requests: number, failed: number): LoadDocument {
  return { format: 1, cpu: 0, apps: { web: [0, connections, requests, failed] } };
}

Deno.test("error rates: count from the beginning of a leg, requests where there are some", () => {
  const rates = new ErrorRates();
  rates.heard("n1", load(1_000, 0, 70));
  assert.equal(rates.of("web", "n1"), null);
  rates.watch(new Map([["web", "2"]]));
  assert.deepEqual(rates.of("web", "n1"), { tried: 0, failed: 0 });
  rates.heard("n1", load(1_100, 0, 71));
  assert.deepEqual(rates.of("web", "n1"), { tried: 100, failed: 1 });
  // Looking again at the same leg begins nothing.
  rates.watch(new Map([["web", "2"]]));
  assert.deepEqual(rates.of("web", "n1"), { tried: 100, failed: 1 });
  rates.watch(new Map([["web", "3"]]));
  rates.heard("n1", load(1_102, 40, 73));
  assert.deepEqual(rates.of("web", "n1"), { tried: 40, failed: 2 });
  rates.watch(new Map());
  assert.equal(rates.of("web", "n1"), null);
});

Deno.test("error rates: one that is first heard of later counts from there, one that starts anew from nothing", () => {
  const rates = new ErrorRates();
  rates.watch(new Map([["web", "2"]]));
  rates.heard("n1", load(50, 0, 9));
  assert.deepEqual(rates.of("web", "n1"), { tried: 0, failed: 0 });
  rates.heard("n1", load(30, 0, 2));
  assert.deepEqual(rates.of("web", "n1"), { tried: 30, failed: 2 });
  assert.equal(rates.of("web", "n2"), null);
  rates.heard("n2", { format: 1, cpu: 0, apps: {} });
  assert.equal(rates.of("web", "n2"), null);
});
