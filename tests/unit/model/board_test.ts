import assert from "node:assert/strict";
import { Board, Counter, DEFAULT_SLOTS, Header, Shared } from "../../../src/model/board.ts";
import { CLOSE_REASONS } from "../../../src/model/close_reason.ts";
import { ThreadMemory } from "../../../src/model/thread_memory.ts";

Deno.test("words of header and slots never overlap, and the last one is on the board", () => {
  const seen = new Set<number>(Object.values(Header));
  assert.equal(seen.size, Object.keys(Header).length);
  for (const slot of [0, 1, DEFAULT_SLOTS - 1]) {
    for (const word of Object.values(Shared)) {
      const at = Board.word(slot, word);
      assert.equal(seen.has(at), false, `slot ${slot} word ${word}`);
      seen.add(at);
    }
  }
  assert.ok(Math.max(...seen) < Board.allocate().words.length);
});

Deno.test("counters of slots never overlap, the one for the last close reason included", () => {
  const lastReason = Counter.closed + CLOSE_REASONS.length - 1;
  const all = [0, 1, DEFAULT_SLOTS - 1].flatMap((slot) =>
    [...Object.values(Counter), lastReason].map((counter) => Board.counter(slot, counter))
  );
  assert.equal(new Set(all).size, all.length);
  assert.ok(Math.max(...all) < ThreadMemory.allocate(DEFAULT_SLOTS).length);
});

Deno.test("clear zeroes the words of one slot and nothing else", () => {
  const board = Board.allocate();
  for (const slot of [4, 5, 6]) {
    board.words[Board.word(slot, Shared.cursor)] = 9;
    board.words[Board.word(slot, Shared.backupCursor)] = 9;
  }
  board.words[Header.maxConnections] = 3;
  board.clear(5);
  const cursors = [4, 5, 6].map((slot) => board.words[Board.word(slot, Shared.cursor)]);
  assert.deepEqual(cursors, [9, 0, 9]);
  assert.equal(board.words[Board.word(5, Shared.backupCursor)], 0);
  assert.equal(board.words[Header.maxConnections], 3);
});

Deno.test("two views see the same memory", () => {
  const board = Board.allocate();
  board.words[Board.word(DEFAULT_SLOTS - 1, Shared.taken)] = 7;
  assert.equal(new Board(board.buffer).words[Board.word(DEFAULT_SLOTS - 1, Shared.taken)], 7);
});
