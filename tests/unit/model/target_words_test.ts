import assert from "node:assert/strict";
import { Admin, Health, TargetWords } from "../../../src/model/target_words.ts";
import { FakeMemory } from "../../kit/fake_memory.ts";

function words(): TargetWords {
  return new TargetWords(new FakeMemory().board);
}

Deno.test("each change of a word adds to the epoch, and no call that changes nothing", () => {
  const board = words();
  const calls: [() => void, number][] = [
    [() => board.setHealth(5, Health.up), 1],
    [() => board.setHealth(5, Health.up), 0],
    [() => board.setAdmin(5, Admin.drain), 1],
    [() => board.setAdmin(5, Admin.drain), 0],
    [() => board.setWeight(5, 128), 1],
    [() => board.setWeight(5, null), 1],
    [() => void board.eject(5), 1],
    [() => void board.eject(5), 0],
    [() => board.restore(5, Health.up), 1],
    [() => board.restore(5, Health.down), 0],
  ];
  for (const [call, added] of calls) {
    const before = board.epoch;
    call();
    assert.equal(board.epoch - before, added, String(call));
  }
});

Deno.test("an ejected target stays so whatever health checks find, until it is restored", () => {
  const board = words();
  assert.equal(board.eject(5), true);
  board.setHealth(5, Health.up);
  board.setHealth(5, Health.down);
  assert.equal(board.health(5), Health.ejected);
  board.restore(5, Health.down);
  assert.equal(board.health(5), Health.down);
});

Deno.test("a target that is down is not ejected, and of several that eject one is told so", () => {
  const board = words();
  board.setHealth(5, Health.down);
  assert.equal(board.eject(5), false);
  board.setHealth(5, Health.unknown);
  assert.deepEqual([board.eject(5), board.eject(5)], [true, false]);
});

Deno.test("a weight is the configured one unless it was set, 0 included", () => {
  const board = words();
  assert.equal(board.weight(5, 3), 768);
  board.setWeight(5, 0);
  assert.equal(board.weight(5, 3), 0);
  board.setWeight(5, 65_536);
  assert.equal(board.weight(5, 3), 65_536);
});
