import assert from "node:assert/strict";
import { BackOff } from "../../../src/base/back_off.ts";

Deno.test("pauses double up to the longest, and begin anew after a reset", () => {
  const backOff = new BackOff(50, 300);
  const pauses = (): number[] => Array.from({ length: 5 }, () => backOff.next());
  assert.deepEqual(pauses(), [50, 100, 200, 300, 300]);
  backOff.reset();
  assert.deepEqual(pauses(), [50, 100, 200, 300, 300]);
});
