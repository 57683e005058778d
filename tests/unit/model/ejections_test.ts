import fc from "fast-check";
import assert from "node:assert/strict";
import { Board, Shared } from "../../../src/model/board.ts";
import { Ejections, type EjectionScope, mostEjections } from "../../../src/model/ejections.ts";
import { Admin, Health, TargetWords } from "../../../src/model/target_words.ts";
import type { EjectingStart } from "../../kit/ejecting_worker.ts";
import { FakeMemory } from "../../kit/fake_memory.ts";
import { target } from "../../kit/snapshots.ts";
import { DEADLINE_MS, within } from "../../kit/within.ts";

const APP = 1;

class Fixture {
  readonly words: TargetWords;
  readonly ejections: Ejections;
  readonly scope: EjectionScope;

  constructor(readonly board: Board, count: number) {
    this.words = new TargetWords(board);
    this.ejections = new Ejections(board);
    this.scope = { slot: APP, targets: Array.from({ length: count }, (_, at) => target(at + 1)) };
  }

  eject(n: number, maxPercent = 100): boolean {
    return this.ejections.eject(this.scope, 100 + n, "consecutive_failures", maxPercent);
  }

  restore(n: number): boolean {
    return this.ejections.restore(APP, 100 + n, Health.unknown);
  }

  get out(): number {
    return this.scope.targets.filter(({ slot }) => this.words.health(slot) === Health.ejected).length;
  }

  get up(): number {
    return this.scope.targets.filter(({ slot }) => this.words.isUp(slot)).length;
  }
}

const memory = new FakeMemory();

function fixture(count: number): Fixture {
  memory.reset();
  return new Fixture(memory.board, count);
}

Deno.test("a share of the targets may be out, always one, never the last that takes sessions", () => {
  assert.deepEqual([0, 10, 49, 50, 100].map((percent) => mostEjections(4, percent)), [1, 1, 1, 2, 4]);
  const half = fixture(4);
  assert.deepEqual([1, 2, 3].map((n) => half.eject(n, 50)), [true, true, false]);
  assert.equal(half.restore(1), true);
  assert.equal(half.eject(3, 50), true);
  const all = fixture(3);
  assert.deepEqual([1, 2, 3].map((n) => all.eject(n)), [true, true, false]);
  assert.equal(fixture(1).eject(1), false);
});

Deno.test("targets that take no sessions anyway do not count as left", () => {
  for (
    const [name, leave] of [
      ["down", ({ words }: Fixture) => words.setHealth(102, Health.down)],
      ["drained", ({ words }: Fixture) => words.setAdmin(102, Admin.drain)],
      ["without weight", ({ words }: Fixture) => words.setWeight(102, 0)],
    ] as const
  ) {
    const two = fixture(2);
    leave(two);
    assert.equal(two.eject(1), false, name);
    assert.equal(two.ejections.count(APP), 0, name);
  }
});

Deno.test("one that is out is not ejected again, and its failures are forgotten with its return", () => {
  const three = fixture(3);
  const fails = Board.word(101, Shared.fails);
  three.board.words[fails] = 9;
  assert.deepEqual([three.eject(1), three.eject(1), three.ejections.count(APP)], [true, false, 1]);
  assert.equal(three.ejections.cause(101), "consecutive_failures");
  assert.deepEqual([three.restore(1), three.restore(1), three.ejections.count(APP)], [true, false, 0]);
  assert.equal(three.board.words[fails], 0);
});

Deno.test("whatever happens, no more are out than may be, some target is left, and the count is right", () => {
  const step = fc.record({
    what: fc.constantFrom("eject", "eject", "eject", "restore", "down", "up", "drain", "ready"),
    n: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(100), fc.array(step), (count, most, steps) => {
    const world = fixture(count);
    for (const { what, n } of steps) {
      if (n > count) continue;
      const slot = 100 + n;
      const { up, out } = world;
      if (what === "eject" && world.eject(n, most)) {
        assert.ok(world.up >= 1, "some target is left");
        assert.ok(world.out <= mostEjections(count, most), "the share");
        assert.deepEqual([world.up, world.out], [up - 1, out + 1]);
      } else if (what === "restore") world.restore(n);
      else if (what === "down") world.words.setHealth(slot, Health.down);
      else if (what === "up") world.words.setHealth(slot, Health.up);
      else if (what === "drain") world.words.setAdmin(slot, Admin.drain);
      else if (what === "ready") world.words.setAdmin(slot, Admin.ready);
      assert.equal(world.ejections.count(APP), world.out);
    }
  }));
});

/** A thread that hears. */
async function ejectingThread(): Promise<Worker> {
  const worker = new Worker(new URL("../../kit/ejecting_worker.ts", import.meta.url).href, {
    type: "module",
  });
  await within("the thread", new Promise((resolve) => worker.onmessage = resolve));
  return worker;
}

Deno.test("threads that eject at once leave one target, and count right", async () => {
  const LAST_ROUND = 300;
  for (const [maxPercent, most] of [[100, 3], [50, 2]] as const) {
    const world = fixture(4);
    const rounds = new SharedArrayBuffer(8);
    const words = new Int32Array(rounds);
    const threads = [await ejectingThread(), await ejectingThread(), await ejectingThread()];
    try {
      const { board: { buffer: board }, scope } = world;
      for (const [first, thread] of threads.entries()) {
        thread.postMessage(
          { board, rounds, scope, maxPercent, first, lastRound: LAST_ROUND } satisfies EjectingStart,
        );
      }
      for (let round = 1; round <= LAST_ROUND; round++) {
        Atomics.store(words, 1, 0);
        Atomics.store(words, 0, round);
        Atomics.notify(words, 0);
        for (let done = 0; done < threads.length; done = Atomics.load(words, 1)) {
          assert.notEqual(Atomics.wait(words, 1, done, DEADLINE_MS), "timed-out", "the end of the round");
        }
        assert.deepEqual([world.out, world.ejections.count(APP)], [most, most], `round ${round}`);
        for (let n = 1; n <= 4; n++) world.restore(n);
        assert.equal(world.ejections.count(APP), 0);
      }
    } finally {
      for (const thread of threads) thread.terminate();
    }
  }
});
