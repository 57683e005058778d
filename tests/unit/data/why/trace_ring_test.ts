import assert from "node:assert/strict";
import { MAX_TRACED_OLD_TARGETS } from "../../../../src/base/limits.ts";
import { NONE } from "../../../../src/data/why/trace.ts";
import { TraceRing } from "../../../../src/data/why/trace_ring.ts";
import { Board, Header } from "../../../../src/model/board.ts";
import type { AppSnapshot } from "../../../../src/model/snapshot.ts";
import { app, target } from "../../../kit/snapshots.ts";

class Fixture {
  readonly words = Board.allocate().words;
  readonly ring = new TraceRing(this.words);
  readonly app = app({});
  #number = 0;

  constructor(size: number) {
    this.size = size;
  }

  set size(size: number) {
    this.words[Header.tracedSessions] = size;
  }

  /** Sessions end, numbered from 0. */
  end(count: number, snapshot: AppSnapshot = this.app): void {
    for (let i = 0; i < count; i++) {
      const trace = this.ring.next();
      trace?.begin(snapshot, snapshot.listeners[0]!, "c", this.#number++, NONE, 0);
    }
  }

  get numbers(): number[] {
    return this.ring.newest().map(({ number }) => number);
  }
}

Deno.test("the newest come first, and the oldest give way", () => {
  const fixture = new Fixture(3);
  assert.deepEqual(fixture.numbers, []);
  fixture.end(2);
  assert.deepEqual(fixture.numbers, [1, 0]);
  fixture.end(1);
  assert.deepEqual(fixture.numbers, [2, 1, 0]);
  fixture.end(2);
  assert.deepEqual(fixture.numbers, [4, 3, 2]);
  fixture.end(4);
  assert.deepEqual(fixture.numbers, [8, 7, 6]);
});

Deno.test("records are used again once the ring is full", () => {
  const fixture = new Fixture(3);
  fixture.end(3);
  const before = new Set(fixture.ring.newest());
  fixture.end(7);
  assert.deepEqual(new Set(fixture.ring.newest()), before);
});

Deno.test("another size counts at once, and keeps the newest that fit", () => {
  const fixture = new Fixture(4);
  fixture.end(6);
  fixture.size = 2;
  assert.deepEqual(fixture.numbers, [5, 4]);
  fixture.end(1);
  assert.deepEqual(fixture.numbers, [6, 5]);
  fixture.size = 5;
  fixture.end(2);
  assert.deepEqual(fixture.numbers, [8, 7, 6, 5]);
  fixture.end(3);
  assert.deepEqual(fixture.numbers, [11, 10, 9, 8, 7]);
});

Deno.test("with 0 nothing is kept, and what was there is forgotten", () => {
  const fixture = new Fixture(0);
  assert.equal(fixture.ring.isOn, false);
  assert.equal(fixture.ring.next(), null);
  fixture.size = 2;
  fixture.end(2);
  fixture.size = 0;
  assert.equal(fixture.ring.next(), null);
  fixture.size = 2;
  assert.deepEqual(fixture.numbers, []);
});

Deno.test("traces of configs long gone are forgotten where they hold too many targets", () => {
  const fixture = new Fixture(100);
  const targets = Array.from({ length: MAX_TRACED_OLD_TARGETS / 4 }, (_, i) => target(i));
  const versions = Array.from({ length: 5 }, () => app({ targets }));
  for (const version of versions) {
    fixture.end(1, version);
    fixture.ring.replaced(version);
  }
  assert.deepEqual(fixture.numbers, [4, 3, 2]);
  fixture.end(1);
  assert.deepEqual(fixture.numbers, [5, 4, 3, 2]);
});
