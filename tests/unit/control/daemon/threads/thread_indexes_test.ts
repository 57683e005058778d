import assert from "node:assert/strict";
import { ThreadIndexes } from "../../../../../src/control/daemon/threads/thread_indexes.ts";

Deno.test("the lowest free number is given, however many threads there are", () => {
  const indexes = new ThreadIndexes();
  assert.deepEqual(Array.from({ length: 300 }, () => indexes.take()), [...new Array(300).keys()]);
  indexes.release(7);
  indexes.release(5);
  assert.deepEqual([indexes.take(), indexes.take(), indexes.take()], [5, 7, 300]);
});
