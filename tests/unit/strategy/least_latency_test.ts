import assert from "node:assert/strict";
import type { Strategy } from "../../../src/strategy/mod.ts";
import { PickedRequest, SharedByThreads } from "../../kit/target_list.ts";

const OPTIONS = { type: "least_latency", decayMs: 10_000 };

function fixture(...weights: readonly number[]): { shared: SharedByThreads; strategy: Strategy } {
  const shared = new SharedByThreads(weights);
  return { shared, strategy: shared.thread(OPTIONS) };
}

/** Which of two targets every pick takes, -1 where they differ. */
function always(strategy: Strategy): number {
  const picks = new Set(Array.from({ length: 30 }, () => strategy.pick(new PickedRequest())));
  return picks.size === 1 ? [...picks][0]! : -1;
}

Deno.test("least_latency: the quicker one, until it has so much open that the other is quicker", () => {
  const { shared, strategy } = fixture(1, 1);
  strategy.learner!.served(0, 30);
  strategy.learner!.served(1, 10);
  assert.equal(always(strategy), 1);
  shared.open[1] = 1;
  assert.equal(always(strategy), 1);
  shared.open[1] = 3;
  assert.equal(always(strategy), 0);
});

Deno.test("least_latency: a slower time counts at once, quicker ones by and by", () => {
  const { shared, strategy } = fixture(1, 1);
  const { learner } = strategy;
  learner!.served(0, 10);
  learner!.served(0, 80);
  assert.equal(shared.estimates[0], 80_000);
  learner!.served(0, 10);
  assert.equal(shared.estimates[0], 80_000, "no time has passed");
  shared.nowMs += 10_000;
  learner!.served(0, 10);
  assert.equal(shared.estimates[0], Math.round(80_000 / Math.E + 10_000 * (1 - 1 / Math.E)));
});

Deno.test("least_latency: what is known fades, so that one that was slow is tried again", () => {
  const { shared, strategy } = fixture(1, 1);
  strategy.learner!.served(0, 100);
  strategy.learner!.served(1, 10);
  assert.equal(always(strategy), 1);
  for (let second = 0; second < 30; second++) {
    shared.nowMs += 1_000;
    strategy.learner!.served(1, 10);
  }
  assert.equal(always(strategy), 0);
});

Deno.test("least_latency: one that nothing is known of is tried once, and not flooded before it answered", () => {
  const { shared, strategy } = fixture(1, 1);
  strategy.learner!.served(0, 10);
  assert.equal(always(strategy), 1);
  shared.open[1] = 1;
  assert.equal(always(strategy), 0);
  strategy.learner!.served(1, 1);
  assert.equal(always(strategy), 1);
});

Deno.test("least_latency: one that has long been idle is not taken for unknown", () => {
  const { shared, strategy } = fixture(1, 1);
  strategy.learner!.served(0, 1);
  shared.open[0] = 1;
  shared.nowMs += 600_000;
  strategy.learner!.served(1, 1);
  assert.equal(always(strategy), 0);
});

Deno.test("least_latency: one that fails fast is not quick", () => {
  const { strategy } = fixture(1, 1);
  strategy.learner!.failed(0, 0.1);
  strategy.learner!.served(1, 400);
  assert.equal(always(strategy), 1);
});

Deno.test("least_latency: with a weight of 4 four times the time is as good", () => {
  const { strategy } = fixture(4, 1);
  strategy.learner!.served(0, 39);
  strategy.learner!.served(1, 10);
  assert.equal(always(strategy), 0);
  strategy.learner!.served(0, 41);
  assert.equal(always(strategy), 1);
});

Deno.test("least_latency: all threads share what one learnt, and a rollout keeps it", () => {
  const shared = new SharedByThreads([1, 1]);
  const learner = shared.thread(OPTIONS).learner!;
  learner.served(0, 20);
  learner.served(1, 5);
  assert.equal(always(shared.thread(OPTIONS)), 1);
});

Deno.test("least_latency: a clock that is set back freezes nothing, and one that runs over does no harm", () => {
  const { shared, strategy } = fixture(1, 1);
  strategy.learner!.served(0, 100);
  strategy.learner!.served(1, 10);
  shared.nowMs -= 3_600_000;
  strategy.learner!.served(1, 10);
  assert.equal(always(strategy), 0);
  shared.nowMs = 2 ** 32 - 1;
  strategy.learner!.served(0, 50);
  shared.nowMs = 1;
  strategy.learner!.served(0, 10);
  assert.ok(shared.estimates[0]! > 49_000, `${shared.estimates[0]}`);
});
