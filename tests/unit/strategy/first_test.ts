import assert from "node:assert/strict";
import { strategies } from "../../../src/strategy/mod.ts";
import { PickedRequest, TargetList } from "../../kit/target_list.ts";

function pick(out: readonly number[], refused: readonly number[]): number {
  const set = new TargetList([1, 1, 1]);
  set.without(out);
  const strategy = strategies.get("first").create({
    set,
    options: { type: "first" },
    nextCursor: () => assert.fail("it takes no turns"),
  });
  return strategy.pick(new PickedRequest(refused));
}

Deno.test("first: the first target that is available and untried, in the order of the list", () => {
  assert.equal(pick([], []), 0);
  assert.equal(pick([], [0]), 1);
  assert.equal(pick([0], []), 1);
  assert.equal(pick([1], [0]), 2);
  assert.equal(pick([2], [0, 1]), -1);
});
