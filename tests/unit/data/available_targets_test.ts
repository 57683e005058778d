import assert from "node:assert/strict";
import { AvailableTargets } from "../../../src/data/available_targets.ts";
import { Admin, Health, TargetWords } from "../../../src/model/target_words.ts";
import { FakeMemory } from "../../kit/fake_memory.ts";
import { target } from "../../kit/snapshots.ts";

function setOf(
  ...targets: readonly Parameters<typeof target>[1][]
): { set: AvailableTargets; words: TargetWords } {
  const words = new TargetWords(new FakeMemory().board);
  const set = new AvailableTargets(targets.map((changes, i) => target(i + 1, changes)), false, words);
  set.update();
  return { set, words };
}

const members = (set: AvailableTargets): number[] => [...set.members.subarray(0, set.count)];

Deno.test("the set has what can be given sessions, with whole weights in small numbers", () => {
  const { set } = setOf({ weight: 3 }, { weight: 0 }, { addresses: [] }, { backup: true }, {});
  assert.deepEqual(members(set), [0, 4]);
  assert.deepEqual([...set.weights], [3, 0, 0, 0, 1]);
});

Deno.test("its version grows with each change of the set, and only then", () => {
  const { set, words } = setOf({}, {});
  const { version } = set;
  const steps: [() => void, number[]][] = [
    [() => words.setHealth(101, Health.up), [0, 1]],
    [() => words.setHealth(999, Health.down), [0, 1]],
    [() => void words.eject(101), [1]],
    [() => words.setHealth(101, Health.down), [1]],
    [() => words.setAdmin(102, Admin.drain), []],
    [() => words.setAdmin(102, Admin.ready), [1]],
    [() => words.restore(101, Health.unknown), [0, 1]],
  ];
  const changes = steps.map(([change, expected]) => {
    change();
    set.update();
    assert.deepEqual(members(set), expected);
    return set.version - version;
  });
  assert.deepEqual(changes, [0, 0, 1, 1, 2, 3, 4]);
});

Deno.test("an effective weight that is no whole number keeps its ratio to the others; none at all takes it out", () => {
  const { set, words } = setOf({ weight: 2 }, { weight: 1 });
  words.setWeight(102, 64);
  set.update();
  assert.equal(set.weights[0]! / set.weights[1]!, 8);
  words.setWeight(102, 0);
  set.update();
  assert.deepEqual(members(set), [0]);
  words.setWeight(102, null);
  set.update();
  assert.deepEqual([...set.weights], [2, 1]);
});

Deno.test("of very many targets the sum of the weights stays one that orders can be worked out for", () => {
  const { set, words } = setOf(...Array.from({ length: 1_500 }, () => ({ weight: 256 })));
  words.setWeight(101, 1);
  set.update();
  const sum = set.weights.reduce((total, weight) => total + weight, 0);
  assert.ok(sum <= 2 ** 26, `${sum}`);
  assert.equal(set.weights[0], 1);
  assert.ok(set.weights[1]! > 10_000);
});

Deno.test("when too few of all targets are available those count that only health keeps out, backups included", () => {
  const words = new TargetWords(new FakeMemory().board);
  const targets = [target(1), target(2), target(3, { backup: true }), target(4, { weight: 0 })];
  const [set, backups] = [false, true].map((isBackup) => new AvailableTargets(targets, isBackup, words, 50));
  const look = (): number[][] =>
    [set!, backups!].map((one) => {
      one.update();
      return members(one);
    });
  assert.deepEqual(look(), [[0, 1], [2]]);
  words.setHealth(101, Health.down);
  assert.deepEqual(look(), [[1], [2]]);
  words.setHealth(102, Health.down);
  assert.deepEqual(look(), [[0, 1], [2]], "one of three is less than half");
  words.setAdmin(101, Admin.drain);
  assert.deepEqual(look(), [[], [2]], "of two that are not drained one is half");
  words.setHealth(103, Health.down);
  assert.deepEqual(look(), [[1], [2]]);
  words.setHealth(102, Health.up);
  assert.deepEqual(look(), [[1], []]);
});
