import assert from "node:assert/strict";
import { repairBoard } from "../../../../../src/control/daemon/threads/repair_board.ts";
import { FakeThread } from "../../../../kit/fake_thread.ts";
import { app, target } from "../../../../kit/snapshots.ts";

Deno.test("a dead thread's places are given back, and its sessions counted as ended by us", () => {
  const dead = new FakeThread();
  const other = dead.sibling();
  const web = app({ targets: [target(1, { maxConnections: 4 })] });
  for (const fake of [dead, other]) fake.apply([web]);
  for (const fake of [dead, dead, other]) fake.relayed();
  dead.client();
  assert.equal(repairBoard(dead.board, dead.counters, new Set([1])), 3);
  assert.equal(dead.closed(1, "internal"), 3);
  assert.equal(dead.open, 1);
  assert.deepEqual([1, 101, 1001].map((slot) => dead.sum(slot, "held")), [1, 1, 1]);
  other.engine.relayed.finish("done");
  other.assertAllGone();
  assert.equal(other.ended(1), 4);
  assert.equal(repairBoard(dead.board, dead.counters, new Set([1])), 0);
});
