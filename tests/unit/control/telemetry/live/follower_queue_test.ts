import assert from "node:assert/strict";
import {
  FollowerQueue,
  type FollowerWishes,
} from "../../../../../src/control/telemetry/live/follower_queue.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";

function queueOf(wishes: Partial<FollowerWishes> = {}, clock = new FakeClock()): FollowerQueue {
  return new FollowerQueue(clock, { wants: null, maxLength: 10, ...wishes });
}

/** What waits, in short. */
async function taken(queue: FollowerQueue): Promise<string[]> {
  const waiting = queue.take(1_000);
  queue.close();
  return (await waiting).map((item) =>
    item.type === "entry" ? item.entry.data : `${item.type} ${item.count}`
  );
}

Deno.test("entries come in their order, at once, and those that are not wanted do not", async () => {
  const queue = queueOf({ wants: (data) => data !== "b" });
  ["a", "b", "c"].forEach((data, id) => queue.onEntry({ id, data }));
  assert.deepEqual(await taken(queue), ["a", "c"]);
  assert.deepEqual(await taken(queue), []);
});

Deno.test("what exceeds the limit is dropped, and told of where the gap is", async () => {
  const queue = queueOf();
  for (let id = 1; id <= 5; id++) queue.onEntry({ id, data: "long" });
  assert.deepEqual(await taken(queue), ["long", "long", "dropped 3"]);
  for (let id = 6; id <= 8; id++) queue.onEntry({ id, data: "long" });
  queue.onEntry({ id: 9, data: "x" });
  assert.deepEqual(await taken(queue), ["long", "long", "dropped 1", "x"]);
});

Deno.test("what was missed before comes first, with what is lost told before it", async () => {
  const queue = queueOf({ rate: 1 });
  queue.catchUp({ entries: [{ id: 8, data: "8" }, { id: 9, data: "9" }], lost: 7 });
  queue.onEntry({ id: 10, data: "10" });
  assert.deepEqual(await taken(queue), ["dropped 7", "8", "9", "10"]);
});

Deno.test("a wait ends with the next entry, or when it was quiet for the time given", async () => {
  const clock = new FakeClock();
  const queue = queueOf({}, clock);
  const quiet = queue.take(1_000);
  clock.advance(1_000);
  assert.deepEqual(await quiet, []);
  const next = queue.take(1_000);
  queue.onEntry({ id: 1, data: "x" });
  assert.deepEqual(await next, [{ type: "entry", entry: { id: 1, data: "x" } }]);
  // Its timer is gone.
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("so many come in a second and no more; the rest is counted, and told when the second is over", async () => {
  const clock = new FakeClock();
  const queue = queueOf({ rate: 2, wants: (data) => data !== "no" }, clock);
  for (const [id, data] of ["a", "no", "b", "c", "d"].entries()) queue.onEntry({ id, data });
  assert.deepEqual((await queue.take(5_000)).length, 2);
  const told = queue.take(5_000);
  clock.advance(999);
  queue.onEntry({ id: 6, data: "e" });
  clock.advance(1);
  assert.deepEqual(await told, [{ type: "skipped", count: 3 }]);
  queue.onEntry({ id: 7, data: "f" });
  assert.deepEqual(await taken(queue), ["f"]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("who does not read collects one count of what was left out, not one a second", async () => {
  const clock = new FakeClock();
  const queue = queueOf({ rate: 1, maxLength: 1 }, clock);
  for (let second = 0; second < 5; second++) {
    for (let id = 0; id < 3; id++) queue.onEntry({ id: second * 3 + id, data: "x" });
    clock.advance(1_000);
  }
  assert.deepEqual(await taken(queue), ["x", "skipped 10", "dropped 4"]);
});

Deno.test("there is room for what is left of the second's rate, and for all where certain entries are wanted", () => {
  const clock = new FakeClock();
  assert.equal(queueOf().room, Infinity);
  assert.equal(queueOf({ rate: 1, wants: () => true }).room, Infinity);
  const queue = queueOf({ rate: 2 }, clock);
  assert.equal(queue.room, 2);
  queue.onEntry({ id: 1, data: "a" });
  assert.equal(queue.room, 1);
  queue.onEntry({ id: 2, data: "b" });
  assert.equal(queue.room, 0);
  clock.advance(1_000);
  assert.equal(queue.room, 2);
  queue.close();
});

Deno.test("what passes by counts as left out", async () => {
  const clock = new FakeClock();
  const queue = queueOf({ rate: 1 }, clock);
  queue.onEntry({ id: 1, data: "a" });
  queue.onPassed(7);
  queue.onEntry({ id: 9, data: "b" });
  clock.advance(1_000);
  assert.deepEqual(await taken(queue), ["a", "skipped 8"]);
  assert.equal(clock.pendingTimers, 0);
});
