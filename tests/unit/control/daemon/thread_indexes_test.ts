import assert from "node:assert/strict";
import { ThreadIndexes } from "../../../../src/control/daemon/thread_indexes.ts";
import { MAX_THREADS } from "../../../../src/model/board.ts";

Deno.test("the lowest free index is given, and none when the board has no row left", () => {
  const indexes = new ThreadIndexes();
  assert.deepEqual(Array.from({ length: MAX_THREADS }, () => indexes.take()), [
    ...new Array(MAX_THREADS).keys(),
  ]);
  assert.equal(indexes.take(), undefined);
  indexes.release(7);
  indexes.release(5);
  assert.deepEqual([indexes.take(), indexes.take(), indexes.take()], [5, 7, undefined]);
});
