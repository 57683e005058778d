import assert from "node:assert/strict";
import { Slots } from "../../../../src/control/daemon/slots.ts";
import { Board, Counter, PROCESS_SLOT, Shared } from "../../../../src/model/board.ts";
import { FakeMemory } from "../../../kit/fake_memory.ts";

/** The revision in which slots are released here. */
const REVISION = 2;

class Fixture extends FakeMemory {
  readonly slots: Slots;

  constructor(capacity?: number) {
    super();
    this.slots = new Slots(this.board, this.totals, capacity);
  }

  /** So many sessions hold a place. */
  hold(slot: number, count: number): void {
    this.counters[Board.counter(slot, Counter.held)] = count;
  }

  /** @returns how many slots are left to be freed. */
  sweep(oldest = REVISION): number {
    return this.slots.sweep(oldest);
  }

  /** As often as it takes to free a slot without connections. */
  sweepTwice(): number {
    this.sweep();
    return this.sweep();
  }
}

Deno.test("a name keeps its slot and its counters as long as it is in use", () => {
  const fixture = new Fixture();
  const { slots, counters, totals } = fixture;
  const slot = slots.acquire("app a");
  assert.notEqual(slot, PROCESS_SLOT);
  counters[Board.counter(slot, Counter.connections)] = 5;
  slots.releaseExcept(new Set(["app a"]), REVISION);
  fixture.sweepTwice();
  assert.equal(slots.acquire("app a"), slot);
  assert.equal(totals.sum(slot, Counter.connections), 5);
});

Deno.test("a released slot is free when two sweeps in a row saw no connection in it", () => {
  const fixture = new Fixture();
  const { slots } = fixture;
  const slot = slots.acquire("app a");
  fixture.hold(slot, 1);
  slots.releaseExcept(new Set(), REVISION);
  assert.equal(fixture.sweepTwice(), 1);
  assert.equal(slots.isInUse(slot), true);
  fixture.hold(slot, 0);
  assert.equal(fixture.sweep(), 1);
  // A socket that was being closed still had a client in its queue.
  fixture.hold(slot, 1);
  assert.equal(fixture.sweep(), 1);
  fixture.hold(slot, 0);
  assert.equal(fixture.sweep(), 1);
  assert.notEqual(slots.acquire("app b"), slot);
  assert.equal(fixture.sweep(), 0);
  assert.equal(slots.isInUse(slot), false);
  assert.equal(slots.acquire("app c"), slot);
});

Deno.test("a slot is not free as long as some thread has not heard that it was released", () => {
  const fixture = new Fixture();
  const slot = fixture.slots.acquire("app a");
  fixture.slots.releaseExcept(new Set(), REVISION);
  for (let i = 0; i < 5; i++) assert.equal(fixture.sweep(REVISION - 1), 1);
  assert.equal(fixture.sweepTwice(), 0);
  assert.equal(fixture.slots.acquire("app b"), slot);
});

Deno.test("a new owner finds zeros", () => {
  const fixture = new Fixture();
  const { slots, counters, board, totals } = fixture;
  const slot = slots.acquire("target a 10.0.0.1:80");
  counters[Board.counter(slot, Counter.bytesIn)] = 5;
  board.words[Board.word(slot, Shared.health)] = 2;
  slots.releaseExcept(new Set(), REVISION);
  fixture.sweepTwice();
  assert.equal(slots.acquire("target b 10.0.0.1:80"), slot);
  assert.equal(totals.sum(slot, Counter.bytesIn), 0);
  assert.equal(board.words[Board.word(slot, Shared.health)], 0);
});

Deno.test("a name that comes back while its old sessions run gets a slot of its own", () => {
  const fixture = new Fixture();
  const { slots } = fixture;
  const old = slots.acquire("app a");
  fixture.hold(old, 1);
  slots.releaseExcept(new Set(), REVISION);
  assert.notEqual(slots.acquire("app a"), old);
  slots.releaseExcept(new Set(["app a"]), REVISION + 1);
  assert.equal(fixture.sweepTwice(), 1);
});

Deno.test("a full board is an error that changes nothing, and says whether draining parts are why", () => {
  const fixture = new Fixture(5);
  const { slots } = fixture;
  for (let i = 0; i < 4; i++) slots.acquire(`app ${i}`);
  for (let i = 0; i < 2; i++) {
    assert.throws(() => slots.acquire("one more"), {
      code: "too_many_parts",
      message: /more than 4 apps/,
      retryable: false,
    });
  }
  slots.releaseExcept(new Set(["app 1"]), REVISION);
  assert.throws(() => slots.acquire("one more"), {
    code: "too_many_parts",
    message: /yet: 3 of 4 places .* belong to removed ones/,
    retryable: true,
  });
  fixture.sweepTwice();
  slots.acquire("one more");
});

Deno.test("what was acquired for a config that is not taken over is free at once, and nothing else", () => {
  const fixture = new Fixture(5);
  const { slots } = fixture;
  const kept = slots.acquire("app kept");
  slots.keep();
  for (let tries = 0; tries < 3; tries++) {
    for (let i = 0; i < 3; i++) slots.acquire(`app ${tries} ${i}`);
    assert.throws(() => slots.acquire("one more"), { code: "too_many_parts" });
    slots.giveBack();
  }
  assert.deepEqual([slots.acquire("app kept"), slots.isInUse(kept)], [kept, true]);
  const others = [1, 2, 3].map((i) => slots.acquire(`app ${i}`));
  assert.equal(new Set([kept, ...others]).size, 4);
  assert.equal(fixture.sweepTwice(), 0);
});
