import assert from "node:assert/strict";
import { servingSeats } from "../../../../../src/control/daemon/threads/serving_seats.ts";

Deno.test("each seat serves its own socket while nobody is missing, and those of threads that there were before", () => {
  assert.deepEqual(servingSeats([false, false, false], 3), [0, 1, 2]);
  assert.deepEqual(servingSeats([false, false], 5), [0, 1, 0, 1, 0]);
});

Deno.test("the others serve what belongs to a missing one; where all are missing, each waits for its own", () => {
  assert.deepEqual(servingSeats([false, true, false], 3), [0, 2, 2]);
  assert.deepEqual(servingSeats([true, false], 4), [1, 1, 1, 1]);
  assert.deepEqual(servingSeats([true, true], 2), [0, 1]);
});

Deno.test("every socket has a seat that is there, as long as there is one", () => {
  for (let bits = 0; bits < 15; bits++) {
    const missing = [0, 1, 2, 3].map((seat) => (bits >> seat & 1) === 1);
    for (const seat of servingSeats(missing, 9)) assert.equal(missing[seat], false, `${missing}`);
  }
});
