import fc from "fast-check";
import assert from "node:assert/strict";
import { groupShares } from "../../../src/strategy/group_shares.ts";
import { PickedRequest, SharedByThreads, TargetList } from "../../kit/target_list.ts";

/** Shares of each group in percent. */
function percent(well: readonly number[], all: readonly number[], factor = 1.4): number[] {
  const ends = groupShares(well, all, factor);
  return ends.map((end, group) => Math.round(100 * (end - (group === 0 ? 0 : ends[group - 1]!))));
}

Deno.test("shares of groups are those of Envoy's documentation of priority levels", () => {
  const cases: [number[], number[]][] = [
    [[100, 100], [100, 0]],
    [[72, 72], [100, 0]],
    [[71, 71], [99, 1]],
    [[50, 50], [70, 30]],
    [[25, 100], [35, 65]],
    [[25, 25], [50, 50]],
    [[0, 100], [0, 100]],
    [[25, 100, 100], [35, 65, 0]],
    [[25, 25, 100], [35, 35, 30]],
    [[25, 25, 20], [36, 36, 29]],
  ];
  for (const [well, wanted] of cases) {
    assert.deepEqual(percent(well, well.map(() => 100)), wanted, `${well}`);
  }
});

Deno.test("property: all load goes somewhere, and to groups that are well", () => {
  const groups = fc.array(
    fc.integer({ min: 1, max: 50 }).chain((all) => fc.tuple(fc.nat(all), fc.constant(all))),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  fc.assert(fc.property(groups, fc.double({ min: 1, max: 10, noNaN: true }), (list, factor) => {
    const ends = groupShares(list.map(([well]) => well), list.map(([, all]) => all), factor);
    const isWell = list.some(([well]) => well > 0);
    assert.equal(ends.at(-1), isWell ? 1 : 0);
    for (const [group, end] of ends.entries()) {
      const start = group === 0 ? 0 : ends[group - 1]!;
      assert.ok(end >= start);
      if (list[group]![0] === 0) assert.equal(end, start);
    }
  }));
});

const TARGETS = Array.from({ length: 20 }, (_, at) => (
  { priority: at < 10 ? 0 : 5, zone: at < 10 ? "a" : at < 15 ? "b" : "" }
));
const KINDS = [{ type: "priority" }, { type: "prefer_zone", zone: "a" }];

for (const options of KINDS) {
  Deno.test(`${options.type}: the first group takes everything in turn while 71 % of it is well, then the next a share`, () => {
    const shared = new SharedByThreads(TARGETS, 3);
    const set = new TargetList(shared.weights);
    const strategy = shared.thread(options, set);
    const share = (out: readonly number[]): number => {
      set.without(out);
      let first = 0;
      for (let pick = 0; pick < 5_000; pick++) if (strategy.pick(new PickedRequest()) < 10) first++;
      return first / 5_000;
    };
    assert.equal(share([]), 1);
    assert.equal(share([0, 1]), 1);
    assert.ok(Math.abs(share([0, 1, 2, 3, 4]) - 0.7) < 0.03);
    assert.equal(share([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 0);
    assert.equal(share([]), 1);
    const turns = Array.from({ length: 20 }, () => strategy.pick(new PickedRequest()));
    assert.equal(new Set(turns.slice(0, 10)).size, 10);
    assert.deepEqual(turns.slice(10), turns.slice(0, 10));
  });

  Deno.test(`${options.type}: a session that found its group full goes to the next`, () => {
    const strategy = new SharedByThreads(TARGETS).thread(options);
    assert.ok(strategy.pick(new PickedRequest([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])) >= 10);
  });
}

Deno.test("priority: a factor of 1 lets load over as soon as one is out", () => {
  const shared = new SharedByThreads(TARGETS, 3);
  const set = new TargetList(shared.weights);
  const strategy = shared.thread({ type: "priority", overprovisioningFactor: 1 }, set);
  set.without([0]);
  let others = 0;
  for (let pick = 0; pick < 5_000; pick++) if (strategy.pick(new PickedRequest()) >= 10) others++;
  assert.ok(Math.abs(others / 5_000 - 0.1) < 0.02, `${others}`);
});

Deno.test("priority: with source_hash a client stays with its group and target while load is shared", () => {
  const shared = new SharedByThreads(TARGETS);
  const set = new TargetList(shared.weights);
  const strategies = [0, 1].map(() =>
    shared.thread({ type: "priority", strategy: { type: "source_hash" } }, set)
  );
  set.without([0, 1, 2, 3, 4]);
  let first = 0;
  for (let client = 0; client < 2_000; client++) {
    const request = new PickedRequest([], 0, { clientIp: `10.0.${client >> 8}.${client & 255}` });
    const [one, other] = strategies.map((strategy) => strategy.pick(request));
    assert.equal(one, other);
    if (one! < 10) first++;
  }
  assert.ok(Math.abs(first / 2_000 - 0.7) < 0.04, `${first}`);
});

Deno.test("priority: a target's times reach the strategy of its group", () => {
  const shared = new SharedByThreads([{ priority: 0 }, { priority: 1 }]);
  const { learner } = shared.thread({ type: "priority", strategy: { type: "least_latency" } });
  learner!.served(1, 3);
  learner!.failed(0, 3);
  assert.deepEqual(shared.estimates, [1_000_000, 3_000]);
  assert.equal(shared.thread({ type: "priority" }).learner, undefined);
});
