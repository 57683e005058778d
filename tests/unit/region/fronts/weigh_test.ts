import assert from "node:assert/strict";
import { weigh } from "../../../../src/region/fronts/weigh.ts";

const REPLICAS = ["n1", "n2", "n3"].map((node) => ({ node, address: "10.0.0.1", port: 80, zone: "a" }));

Deno.test("fronts: weights are equal, or by the connections that nodes take", () => {
  const capacity = new Map([["n1", 100_000], ["n2", 50_000]]);
  const weights = (kind: "equal" | "capacity"): number[] =>
    weigh(REPLICAS, kind, (node) => capacity.get(node) ?? 0).map(({ weight }) => weight);
  assert.deepEqual(weights("equal"), [1, 1, 1]);
  // One whose capacity is not known gets something, too.
  assert.deepEqual(weights("capacity"), [256, 128, 1]);
  capacity.clear();
  assert.deepEqual(weights("capacity"), [1, 1, 1]);
});
