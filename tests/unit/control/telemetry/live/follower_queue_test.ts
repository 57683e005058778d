import assert from "node:assert/strict";
import { FollowerQueue } from "../../../../../src/control/telemetry/live/follower_queue.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";

function queueOf(maxLength = 10, wants: (data: string) => boolean = () => true): FollowerQueue {
  return new FollowerQueue(new FakeClock(), wants, maxLength);
}

/** What comes next, in short, until nothing waits. */
async function drained(queue: FollowerQueue): Promise<string[]> {
  const told: string[] = [];
  while (true) {
    const waiting = queue.next(1_000);
    queue.close();
    const item = await waiting;
    if (item.type === "quiet") return told;
    told.push(item.type === "entry" ? item.entry.data : `dropped ${item.count}`);
  }
}

Deno.test("entries come in their order, and those that are not wanted do not", async () => {
  const queue = queueOf(10, (data) => data !== "b");
  ["a", "b", "c"].forEach((data, id) => queue.onEntry({ id, data }));
  assert.deepEqual(await drained(queue), ["a", "c"]);
});

Deno.test("what exceeds the limit is dropped, and told of where the gap is", async () => {
  const queue = queueOf();
  for (let id = 1; id <= 5; id++) queue.onEntry({ id, data: "long" });
  assert.deepEqual(await queue.next(1), { type: "entry", entry: { id: 1, data: "long" } });
  queue.onEntry({ id: 6, data: "late" });
  assert.deepEqual(await drained(queue), ["long", "dropped 3", "late"]);
  queue.onEntry({ id: 7, data: "after" });
  assert.deepEqual(await drained(queue), ["after"]);
});

Deno.test("what was missed before comes first, with what is lost told before it", async () => {
  const queue = queueOf();
  queue.catchUp({ entries: [{ id: 8, data: "8" }, { id: 9, data: "9" }], lost: 7 });
  queue.onEntry({ id: 10, data: "10" });
  assert.deepEqual(await drained(queue), ["dropped 7", "8", "9", "10"]);
});

Deno.test("a wait ends with the next entry, or when it was quiet for the time given", async () => {
  const clock = new FakeClock();
  const queue = new FollowerQueue(clock, () => true, 10);
  const quiet = queue.next(1_000);
  clock.advance(1_000);
  assert.deepEqual(await quiet, { type: "quiet" });
  const next = queue.next(1_000);
  queue.onEntry({ id: 1, data: "x" });
  assert.deepEqual(await next, { type: "entry", entry: { id: 1, data: "x" } });
  // Its timer is gone.
  assert.equal(clock.pendingTimers, 0);
});
