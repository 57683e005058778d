import fc from "fast-check";
import assert from "node:assert/strict";
import { strategies } from "../../../src/strategy/mod.ts";
import type { PickRequest, Strategy } from "../../../src/strategy/mod.ts";
import { target } from "../../kit/snapshots.ts";

/** The cursor that all threads share. */
class Cursor {
  position = 0;
  readonly next = (): number => this.position++ >>> 0;
}

class Request implements PickRequest {
  readonly clientIp = "203.0.113.7";
  constructor(private readonly out: readonly number[] = [], private readonly tried: readonly number[] = []) {}
  isAvailable(index: number): boolean {
    return !this.out.includes(index);
  }
  isTried(index: number): boolean {
    return this.tried.includes(index);
  }
}

function roundRobin(weights: readonly number[], cursor = new Cursor()): Strategy {
  return strategies.get("round_robin").create({
    targets: weights.map((weight, i) => target(i + 1, { weight })),
    options: { type: "round_robin" },
    nextCursor: cursor.next,
  });
}

function picks(strategy: Strategy, count: number, request = new Request()): string {
  return Array.from({ length: count }, () => "abcdefgh"[strategy.pick(request)] ?? "-").join("");
}

Deno.test("weights 5, 1, 1 give a a b a c a a", () => {
  assert.equal(picks(roundRobin([5, 1, 1]), 14), "aabacaaaabacaa");
});

Deno.test("the order is exact over threads that share a cursor", () => {
  const cursor = new Cursor();
  const threads = [
    roundRobin([5, 1, 1], cursor),
    roundRobin([5, 1, 1], cursor),
    roundRobin([5, 1, 1], cursor),
  ];
  let order = "";
  for (let i = 0; i < 14; i++) order += picks(threads[(i * 7) % 3] ?? roundRobin([]), 1);
  assert.equal(order, "aabacaaaabacaa");
});

Deno.test("over any interleaving of threads each target gets exactly its share", () => {
  const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 })
    .filter((list) => list.some((weight) => weight > 0));
  fc.assert(fc.property(weights, fc.infiniteStream(fc.nat(3)), (list, turns) => {
    const cursor = new Cursor();
    const threads = Array.from({ length: 4 }, () => roundRobin(list, cursor));
    const total = list.reduce((sum, weight) => sum + weight, 0);
    const counts = list.map(() => 0);
    for (let i = 0; i < 2 * total; i++) {
      const chosen = threads[turns.next().value ?? 0]?.pick(new Request()) ?? -1;
      counts[chosen] = (counts[chosen] ?? 0) + 1;
    }
    assert.deepEqual(counts, list.map((weight) => 2 * weight));
  }));
});

Deno.test("targets that are out leave their share to the others by weight, and come back", () => {
  const strategy = roundRobin([2, 1, 1]);
  assert.equal(picks(strategy, 6, new Request([0])), "bcbcbc");
  assert.equal(picks(strategy, 6, new Request([1])).replaceAll("c", "").length, 4);
  const back = picks(strategy, 8);
  assert.deepEqual([..."abc"].map((name) => back.split(name).length - 1), [4, 2, 2]);
});

Deno.test("none available gives -1 and takes no turn", () => {
  const cursor = new Cursor();
  const strategy = roundRobin([1, 1], cursor);
  assert.equal(strategy.pick(new Request([0, 1])), -1);
  assert.equal(cursor.position, 0);
  assert.equal(picks(strategy, 2), "ab");
});

Deno.test("a target that was tried is not chosen while another is left", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 7 }),
    fc.subarray([0, 1, 2, 3, 4, 5, 6]),
    fc.subarray([0, 1, 2, 3, 4, 5, 6]),
    fc.nat(100),
    (weights, out, tried, start) => {
      const cursor = new Cursor();
      cursor.position = start;
      const left = weights.flatMap((_, i) => out.includes(i) || tried.includes(i) ? [] : [i]);
      const chosen = roundRobin(weights, cursor).pick(new Request(out, tried));
      assert.ok(left.length === 0 ? chosen === -1 : left.includes(chosen), `${chosen} of ${left}`);
    },
  ));
});

Deno.test("the cursor may run over", () => {
  const cursor = new Cursor();
  cursor.position = 2 ** 32 - 2;
  assert.match(picks(roundRobin([1, 1], cursor), 4), /^(ab|ba){2}$/);
});

Deno.test("many different sets of available targets stay exact", () => {
  const cursor = new Cursor();
  const strategy = roundRobin([1, 1, 1, 1, 1, 1], cursor);
  for (let round = 0; round < 3; round++) {
    for (let out = 0; out < 63; out++) {
      const gone = [0, 1, 2, 3, 4, 5].filter((i) => (out >> i & 1) === 1);
      const left = 6 - gone.length;
      const chosen = picks(strategy, left * 2, new Request(gone));
      assert.equal(new Set(chosen).size, left, `${chosen} without ${gone}`);
    }
  }
});
