import assert from "node:assert/strict";
import { HoldBack } from "../../../../src/region/leader/hold_back.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

const NODES = ["n1", "n2", "n3"];

Deno.test("hold-back: the first absence costs nothing, each further one twice as long, ten minutes at most", () => {
  const clock = new FakeClock();
  const holdBack = new HoldBack(clock);
  const held: number[] = [];
  for (let count = 0; count < 9; count++) {
    holdBack.left("n1");
    held.push(holdBack.heldMs("n1") / 1_000);
    clock.advance(1_000);
  }
  assert.deepEqual(held, [0, 15, 30, 60, 120, 240, 480, 600, 600]);
  assert.equal(holdBack.heldMs("n2"), 0);
});

Deno.test("hold-back: ends with its time, and absences are forgotten after ten minutes", () => {
  const clock = new FakeClock();
  const holdBack = new HoldBack(clock);
  holdBack.left("n1");
  holdBack.left("n1");
  assert.deepEqual([...holdBack.among(NODES)], ["n1"]);
  clock.advance(14_999);
  assert.equal(holdBack.heldMs("n1"), 1);
  clock.advance(1);
  assert.deepEqual([...holdBack.among(NODES)], []);
  clock.advance(600_000);
  holdBack.left("n1");
  assert.equal(holdBack.heldMs("n1"), 0);
});

Deno.test("hold-back: where more than half of the nodes come and go, none is held back", () => {
  const holdBack = new HoldBack(new FakeClock());
  for (const node of ["n1", "n1", "n2", "n2"]) holdBack.left(node);
  assert.deepEqual([...holdBack.among(NODES)], []);
  assert.deepEqual([...holdBack.among([...NODES, "n4"])], ["n1", "n2"]);
  // Of those that are there alone.
  assert.deepEqual([...holdBack.among(["n1", "n3"])], ["n1"]);
});
