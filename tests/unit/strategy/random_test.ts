import assert from "node:assert/strict";
import { PickedRequest, SharedByThreads, TargetList } from "../../kit/target_list.ts";

const PICKS = 40_000;

/** Share of each target in many picks. */
function shares(
  weights: readonly number[],
  out: readonly number[] = [],
  refused: readonly number[] = [],
): number[] {
  const shared = new SharedByThreads(weights, 7);
  const set = new TargetList(weights);
  set.without(out);
  const strategy = shared.thread({ type: "random" }, set);
  const counts = weights.map(() => 0);
  const request = new PickedRequest(refused);
  for (let pick = 0; pick < PICKS; pick++) counts[strategy.pick(request)]!++;
  return counts.map((count) => count / PICKS);
}

function near(found: readonly number[], wanted: readonly number[]): void {
  // Four standard deviations.
  for (const [at, share] of wanted.entries()) {
    const allowed = 4 * Math.sqrt(share * (1 - share) / PICKS);
    assert.ok(Math.abs(found[at]! - share) <= allowed, `${at}: ${found[at]} for ${share}`);
  }
}

Deno.test("random: shares are those of the weights", () => {
  near(shares([1, 1, 1, 1]), [0.25, 0.25, 0.25, 0.25]);
  near(shares([5, 3, 0, 2]), [0.5, 0.3, 0, 0.2]);
  near(shares([256, 1]), [256 / 257, 1 / 257]);
});

Deno.test("random: those that are out or full leave their share to the others by weight", () => {
  near(shares([4, 2, 1, 1], [0]), [0, 0.5, 0.25, 0.25]);
  const found = shares([1, 4, 1, 1], [], [1]);
  assert.equal(found[1], 0);
  for (const at of [0, 2, 3]) assert.ok(Math.abs(found[at]! - 1 / 3) < 0.02, `${found}`);
});
