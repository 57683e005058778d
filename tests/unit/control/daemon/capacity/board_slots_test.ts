import assert from "node:assert/strict";
import { boardSlots } from "../../../../../src/control/daemon/capacity/board_slots.ts";
import { DEFAULT_SLOTS, MAX_SLOTS } from "../../../../../src/model/board.ts";

const GIB = 2 ** 30;

Deno.test("a board has as many slots as there may be, and on small machines half as many or less", () => {
  assert.equal(boardSlots(1024 * GIB), MAX_SLOTS);
  assert.equal(boardSlots(2 * GIB), MAX_SLOTS);
  assert.equal(boardSlots(2 * GIB - 1), MAX_SLOTS / 2);
  assert.equal(boardSlots(GIB / 8), DEFAULT_SLOTS);
  assert.equal(boardSlots(0), DEFAULT_SLOTS);
});
