import fc from "fast-check";
import assert from "node:assert/strict";
import { PickedRequest, SharedByThreads } from "../../kit/target_list.ts";

const OPTIONS = { type: "least_connections" };
const REQUEST = new PickedRequest();

Deno.test("least_connections: the target with the fewest sessions for its weight", () => {
  const shared = new SharedByThreads([1, 2, 4]);
  const strategy = shared.thread(OPTIONS);
  shared.open.splice(0, 3, 1, 1, 4);
  assert.equal(strategy.pick(REQUEST), 1);
  shared.open.splice(0, 3, 2, 3, 4);
  assert.equal(strategy.pick(REQUEST), 2);
  assert.equal(strategy.pick(new PickedRequest([2])), 1);
});

Deno.test("least_connections: those that are equal take turns, by weight, over all threads", () => {
  const shared = new SharedByThreads([1, 1, 1]);
  const threads = [shared.thread(OPTIONS), shared.thread(OPTIONS)];
  const order = Array.from({ length: 9 }, (_, pick) => threads[pick % 2]!.pick(REQUEST));
  assert.deepEqual(order, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
  const idle = new SharedByThreads([5, 1, 1]).thread(OPTIONS);
  const counts = [0, 0, 0];
  for (let pick = 0; pick < 70; pick++) counts[idle.pick(REQUEST)]!++;
  assert.deepEqual(counts, [50, 10, 10]);
});

Deno.test("least_connections: sessions that only begin are shared exactly by weight", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 7 }), (weights) => {
      const shared = new SharedByThreads(weights);
      const strategy = shared.thread(OPTIONS);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (let session = 0; session < 20 * total; session++) shared.open[strategy.pick(REQUEST)]!++;
      // Each pick raises one that is at the minimum: none is more than one session above its share.
      for (const [at, weight] of weights.entries()) {
        assert.ok(
          Math.abs(shared.open[at]! - 20 * weight) <= weights.length,
          `${shared.open} for ${weights}`,
        );
      }
    }),
  );
});

Deno.test("least_connections: with n threads that look and take side by side none gets more than n above the fewest", () => {
  const threads = 4;
  const steps = fc.array(fc.nat(threads - 1), { minLength: 50, maxLength: 300 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), steps, (targets, order) => {
    const shared = new SharedByThreads(Array.from({ length: targets }, () => 1));
    const all = Array.from({ length: threads }, () => shared.thread(OPTIONS));
    // What a thread chose and has not taken yet.
    const chosen: (number | null)[] = all.map(() => null);
    for (const thread of order) {
      const target = chosen[thread]!;
      if (chosen[thread] === null) chosen[thread] = all[thread]!.pick(REQUEST);
      else {
        shared.open[target]!++;
        chosen[thread] = null;
      }
      assert.ok(Math.max(...shared.open) - Math.min(...shared.open) <= threads, `${shared.open}`);
    }
  }));
});
