import assert from "node:assert/strict";
import { PickedRequest, SharedByThreads } from "../../kit/target_list.ts";

const OPTIONS = { type: "random_two_choices" };
const REQUEST = new PickedRequest();

/** Open sessions after so many began and none ended. */
function filled(weights: readonly number[], sessions: number, type = OPTIONS.type): number[] {
  const shared = new SharedByThreads(weights, 11);
  const strategy = shared.thread({ type });
  for (let session = 0; session < sessions; session++) shared.open[strategy.pick(REQUEST)]!++;
  return shared.open;
}

Deno.test("random_two_choices: of two it is always the one with fewer sessions", () => {
  const shared = new SharedByThreads([1, 1]);
  const strategy = shared.thread(OPTIONS);
  shared.open.splice(0, 2, 3, 2);
  for (let pick = 0; pick < 20; pick++) assert.equal(strategy.pick(REQUEST), 1);
  shared.open[1] = 4;
  for (let pick = 0; pick < 20; pick++) assert.equal(strategy.pick(REQUEST), 0);
});

Deno.test("random_two_choices: the fullest stays near the average, far nearer than with one choice", () => {
  const weights = Array.from({ length: 100 }, () => 1);
  const two = Math.max(...filled(weights, 10_000));
  const one = Math.max(...filled(weights, 10_000, "random"));
  // ln(ln(100)) / ln(2) + O(1) above the average of 100, whatever the number of sessions (Berenbrink et al. 2000).
  assert.ok(two <= 105, `${two}`);
  assert.ok(one >= 115, `${one}`);
});

Deno.test("random_two_choices: sessions are shared by weight", () => {
  const open = filled([1, 2, 3, 4], 10_000);
  for (const [at, count] of open.entries()) {
    assert.ok(Math.abs(count / 10_000 - (at + 1) / 10) < 0.01, `${open}`);
  }
});

Deno.test("random_two_choices: of two where one is full or was tried it is the other", () => {
  const strategy = new SharedByThreads([1, 1]).thread(OPTIONS);
  for (let pick = 0; pick < 20; pick++) assert.equal(strategy.pick(new PickedRequest([0])), 1);
});
