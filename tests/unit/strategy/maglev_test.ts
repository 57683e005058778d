import assert from "node:assert/strict";
import { type MaglevEntry, maglevSize, maglevTable } from "../../../src/strategy/mod.ts";

const SIZE = maglevSize(100);

function entries(count: number, weight: (index: number) => number = () => 1): MaglevEntry[] {
  return Array.from({ length: count }, (_, index) => (
    { key: `10.0.${index >> 8}.${index & 255}:80`, weight: weight(index), index }
  ));
}

function counts(table: Uint16Array, targets: number): number[] {
  const all = Array.from({ length: targets }, () => 0);
  for (const target of table) all[target]!++;
  return all;
}

/** As Envoy names its hosts. */
function hosts(...weights: readonly number[]): MaglevEntry[] {
  return weights.map((weight, index) => ({ key: `127.0.0.1:${90 + index}`, weight, index }));
}

Deno.test("Maglev: Envoy's published tables of 7 and of 17 places, the second one with weights", () => {
  assert.deepEqual([...maglevTable(hosts(1, 1, 1, 1, 1, 1), 7)], [2, 4, 0, 1, 5, 0, 3]);
  assert.deepEqual([...maglevTable(hosts(1, 2), 17)], [1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1]);
  const named = [90, 91, 92, 93, 94, 95].map((name, index) => ({ key: `${name}`, weight: 1, index }));
  assert.deepEqual([...maglevTable(named, 7)], [2, 5, 0, 3, 4, 1, 0]);
});

Deno.test("Maglev: the order of the list does not count", () => {
  const list = entries(20);
  assert.deepEqual(maglevTable(list.toReversed(), 2_003), maglevTable(list, 2_003));
});

Deno.test("Maglev: sizes are primes, 1,009 at least and two hundred times the targets", () => {
  assert.deepEqual([1, 10, 11, 100, 1_000].map(maglevSize), [1_009, 2_003, 2_203, 20_011, 200_003]);
});

Deno.test("Maglev: shares are within 1 % of each other, and within 1 % of the whole by weight", () => {
  for (const count of [2, 10, 100, 1_000]) {
    const all = counts(maglevTable(entries(count), maglevSize(count)), count);
    assert.ok(
      Math.max(...all) - Math.min(...all) <= 1,
      `${count}: ${Math.min(...all)} to ${Math.max(...all)}`,
    );
    assert.ok(Math.max(...all) / Math.min(...all) <= 1.01);
  }
  const weight = (index: number): number => 1 + index % 5;
  const size = maglevSize(100);
  for (const [index, count] of counts(maglevTable(entries(100, weight), size), 100).entries()) {
    assert.ok(Math.abs(count / size - weight(index) / 300) < 0.01 * 5 / 300, `${index}: ${count}`);
  }
});

Deno.test("Maglev: of 100 targets one leaves the config: at most 1.5 % of the keys of the others move", () => {
  const list = entries(100);
  const before = maglevTable(list, SIZE);
  for (const gone of [0, 17, 50, 99]) {
    const after = maglevTable(list.filter(({ index }) => index !== gone), SIZE);
    const moved = before.filter((target, place) => target !== gone && after[place] !== target).length;
    assert.ok(moved <= 0.015 * SIZE, `without ${gone} ${moved} of ${SIZE} move`);
  }
});
