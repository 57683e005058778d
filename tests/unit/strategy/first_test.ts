import assert from "node:assert/strict";
import { strategies } from "../../../src/strategy/mod.ts";
import { target } from "../../kit/snapshots.ts";

function pick(out: readonly number[], tried: readonly number[]): number {
  const strategy = strategies.get("first").create({
    targets: [target(1), target(2), target(3)],
    options: { type: "first" },
    nextCursor: () => assert.fail("it takes no turns"),
  });
  return strategy.pick({
    clientIp: "203.0.113.7",
    isAvailable: (index) => !out.includes(index),
    isTried: (index) => tried.includes(index),
  });
}

Deno.test("first: the first target that is available and untried, in the order of the list", () => {
  assert.equal(pick([], []), 0);
  assert.equal(pick([], [0]), 1);
  assert.equal(pick([0], []), 1);
  assert.equal(pick([1], [0]), 2);
  assert.equal(pick([2], [0, 1]), -1);
});
