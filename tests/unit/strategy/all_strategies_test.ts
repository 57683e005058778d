import fc from "fast-check";
import assert from "node:assert/strict";
import { STRATEGY_NAMES } from "../../../src/model/config_strategy.ts";
import type { StrategySnapshot } from "../../../src/model/snapshot.ts";
import { strategies } from "../../../src/strategy/mod.ts";
import { PickedRequest, SharedByThreads, TargetList } from "../../kit/target_list.ts";

const INNER: readonly StrategySnapshot[] = [
  ...["round_robin", "first", "least_connections", "random", "random_two_choices", "least_latency"].map((
    type,
  ) => (
    { type }
  )),
  { type: "source_hash" },
  { type: "source_hash", balanceFactor: 125 },
];
const ALL: readonly StrategySnapshot[] = [
  ...INNER,
  ...INNER.map((strategy) => ({ type: "priority", strategy })),
  ...INNER.map((strategy) => ({ type: "prefer_zone", zone: "b", strategy })),
  ...INNER.map((strategy) => ({
    type: "rules",
    rules: [
      // Those that cannot give a target leave it to the next one.
      { key: "#1", slot: 1, when: null, targets: [0, 3], strategy },
      { key: "#2", slot: 2, when: null, targets: [0, 1, 2, 3, 4, 5, 6, 7, 8], strategy },
    ],
  })),
];

const targets = fc.array(
  fc.record({
    weight: fc.integer({ min: 0, max: 9 }),
    priority: fc.nat(2),
    zone: fc.constantFrom("", "a", "b"),
  }),
  { minLength: 1, maxLength: 9 },
);
const indices = fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8]);
const sessions = fc.array(
  fc.record({ out: indices, refused: indices, client: fc.nat(255), attempt: fc.nat(2), takes: fc.boolean() }),
  { maxLength: 12 },
);

for (const options of ALL) {
  Deno.test(`property: ${JSON.stringify(options)} picks what is in the set and accepted, -1 only when nothing is`, () => {
    fc.assert(fc.property(targets, sessions, fc.nat(), (list, steps, seed) => {
      const shared = new SharedByThreads(list, seed);
      const set = new TargetList(shared.weights);
      const strategy = shared.thread(options, set);
      for (const { out, refused, client, attempt, takes } of steps) {
        set.without(out);
        const request = new PickedRequest(refused, attempt, { clientIp: `203.0.113.${client}` });
        const left = [...set.members.subarray(0, set.count)].filter((target) => request.accepts(target));
        const chosen = strategy.pick(request);
        assert.ok(left.length === 0 ? chosen === -1 : left.includes(chosen), `${chosen} of [${left}]`);
        if (chosen < 0 || !takes) continue;
        shared.open[chosen]!++;
        shared.nowMs += client;
        strategy.learner?.served(chosen, client / 10);
        if (attempt === 0) strategy.learner?.failed(chosen, 5);
      }
    }));
  });
}

Deno.test("the config knows the strategies that there are, by these names and one more", () => {
  assert.deepEqual(STRATEGY_NAMES.filter((name) => name !== "p2c").toSorted(), strategies.names.toSorted());
});
