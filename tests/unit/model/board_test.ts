import assert from "node:assert/strict";
import { Board, Counter, Header, MAX_SLOTS, MAX_THREADS, Shared } from "../../../src/model/board.ts";
import { CLOSE_REASONS } from "../../../src/model/close_reason.ts";
import { smallBoard } from "../../kit/fake_thread.ts";

Deno.test("words of header and slots never overlap", () => {
  const seen = new Set<number>(Object.values(Header));
  assert.equal(seen.size, Object.keys(Header).length);
  for (const slot of [0, 1, MAX_SLOTS - 1]) {
    for (const word of Object.values(Shared)) {
      const at = Board.word(slot, word);
      assert.equal(seen.has(at), false, `slot ${slot} word ${word}`);
      seen.add(at);
    }
  }
});

Deno.test("counters of slots and threads never overlap, the one for the last close reason included", () => {
  const board = smallBoard(3);
  const lastReason = Counter.closed + CLOSE_REASONS.length - 1;
  let value = 1;
  for (const thread of [0, 1, 2]) {
    for (const slot of [0, 1, MAX_SLOTS - 1]) {
      for (const counter of [Counter.connections, Counter.closed, lastReason]) {
        board.counters(thread)[Board.counter(slot, counter)] = value++;
      }
    }
  }
  const all = [0, 1, 2].flatMap((thread) => [...board.counters(thread)].filter((one) => one !== 0));
  assert.deepEqual(all, Array.from({ length: value - 1 }, (_, i) => i + 1));
  assert.equal(board.sum(1, Counter.closed), 5 + 14 + 23);
});

Deno.test("clear zeroes one slot and nothing else", () => {
  const board = smallBoard(2);
  for (const slot of [4, 5, 6]) {
    board.words[Board.word(slot, Shared.cursor)] = 9;
    board.words[Board.word(slot, Shared.backupCursor)] = 9;
    for (const thread of [0, 1]) board.counters(thread)[Board.counter(slot, Counter.closed + 13)] = 1;
  }
  board.words[Header.openConnections] = 3;
  board.clear(5);
  const cursors = [4, 5, 6].map((slot) => board.words[Board.word(slot, Shared.cursor)]);
  assert.deepEqual(cursors, [9, 0, 9]);
  assert.equal(board.words[Board.word(5, Shared.backupCursor)], 0);
  assert.deepEqual([4, 5, 6].map((slot) => board.sum(slot, Counter.closed + 13)), [2, 0, 2]);
  assert.equal(board.words[Header.openConnections], 3);
});

Deno.test("the real board has room for every thread and slot, and two views see the same memory", () => {
  const board = Board.allocate();
  const view = new Board(board.buffer);
  const last = Board.counter(MAX_SLOTS - 1, Counter.closed);
  board.counters(MAX_THREADS - 1)[last] = 7;
  assert.equal(view.counters(MAX_THREADS - 1)[last], 7);
  assert.equal(view.sum(MAX_SLOTS - 1, Counter.closed), 7);
});
