import assert from "node:assert/strict";
import { Slots } from "../../../../src/control/daemon/slots.ts";
import { Board, Counter, MAX_SLOTS, Shared } from "../../../../src/model/board.ts";
import { smallBoard } from "../../../kit/fake_thread.ts";

function setActive(board: Board, slot: number, count: number): void {
  board.counters(0)[Board.counter(slot, Counter.active)] = count;
}

/** As often as it takes to free a slot without connections. */
function sweepTwice(slots: Slots): number {
  slots.sweep();
  return slots.sweep();
}

Deno.test("a name keeps its slot and its counters as long as it is in use", () => {
  const board = smallBoard(1);
  const slots = new Slots(board);
  const slot = slots.acquire("app a");
  board.counters(0)[Board.counter(slot, Counter.connections)] = 5;
  slots.releaseExcept(new Set(["app a"]));
  sweepTwice(slots);
  assert.equal(slots.acquire("app a"), slot);
  assert.equal(board.sum(slot, Counter.connections), 5);
});

Deno.test("a released slot is free when two sweeps in a row saw no connection in it", () => {
  const board = smallBoard(1);
  const slots = new Slots(board);
  const slot = slots.acquire("app a");
  setActive(board, slot, 1);
  slots.releaseExcept(new Set());
  assert.equal(sweepTwice(slots), 1);
  assert.equal(slots.isDraining(slot), true);
  setActive(board, slot, 0);
  assert.equal(slots.sweep(), 1);
  // A socket that was being closed still had a client in its queue.
  setActive(board, slot, 1);
  assert.equal(slots.sweep(), 1);
  setActive(board, slot, 0);
  assert.equal(slots.sweep(), 1);
  assert.notEqual(slots.acquire("app b"), slot);
  assert.equal(slots.sweep(), 0);
  assert.equal(slots.isDraining(slot), false);
  assert.equal(slots.acquire("app c"), slot);
});

Deno.test("a new owner finds zeros", () => {
  const board = smallBoard(1);
  const slots = new Slots(board);
  const slot = slots.acquire("target a 10.0.0.1:80");
  board.counters(0)[Board.counter(slot, Counter.bytesIn)] = 5;
  board.words[Board.word(slot, Shared.health)] = 2;
  slots.releaseExcept(new Set());
  sweepTwice(slots);
  assert.equal(slots.acquire("target b 10.0.0.1:80"), slot);
  assert.equal(board.sum(slot, Counter.bytesIn), 0);
  assert.equal(board.words[Board.word(slot, Shared.health)], 0);
});

Deno.test("a name that comes back while its old sessions run gets a slot of its own", () => {
  const board = smallBoard(1);
  const slots = new Slots(board);
  const old = slots.acquire("app a");
  setActive(board, old, 1);
  slots.releaseExcept(new Set());
  assert.notEqual(slots.acquire("app a"), old);
  slots.releaseExcept(new Set(["app a"]));
  assert.equal(sweepTwice(slots), 1);
});

Deno.test("a full board is an error, and changes nothing", () => {
  const slots = new Slots(smallBoard(1));
  for (let i = 0; i < MAX_SLOTS; i++) slots.acquire(`app ${i}`);
  for (let i = 0; i < 2; i++) {
    assert.throws(() => slots.acquire("one more"), { code: "too_many_parts", message: /more than 16384/ });
  }
  slots.releaseExcept(new Set(["app 1"]));
  sweepTwice(slots);
  slots.acquire("one more");
});
