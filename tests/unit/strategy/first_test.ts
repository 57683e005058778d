import assert from "node:assert/strict";
import { PickedRequest, SharedByThreads, TargetList } from "../../kit/target_list.ts";

function pick(out: readonly number[], refused: readonly number[]): number {
  const set = new TargetList([1, 1, 1]);
  set.without(out);
  const shared = new SharedByThreads([1, 1, 1]);
  const chosen = shared.thread({ type: "first" }, set).pick(new PickedRequest(refused));
  assert.equal(shared.cursor, 0, "it takes no turns");
  return chosen;
}

Deno.test("first: the first target that is available and untried, in the order of the list", () => {
  assert.equal(pick([], []), 0);
  assert.equal(pick([], [0]), 1);
  assert.equal(pick([0], []), 1);
  assert.equal(pick([1], [0]), 2);
  assert.equal(pick([2], [0, 1]), -1);
});
