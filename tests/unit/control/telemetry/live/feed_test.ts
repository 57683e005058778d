import assert from "node:assert/strict";
import { Feed, type FeedEntry } from "../../../../../src/control/telemetry/live/feed.ts";

/** A follower that looks at all. */
const ALL = { room: Infinity, onPassed: () => {} };

Deno.test("followers get what is published while they follow, in order", () => {
  const feed = new Feed(2);
  const heard: FeedEntry[] = [];
  feed.publish("0");
  const unfollow = feed.follow({ ...ALL, onEntry: (entry) => heard.push(entry) });
  feed.publish("1");
  feed.publish("2");
  unfollow();
  feed.publish("3");
  assert.deepEqual(heard, [{ id: 2, data: "1" }, { id: 3, data: "2" }]);
  assert.equal(feed.lastId, 4);
});

Deno.test("who was away gets the last entries, and hears how many are lost", () => {
  const feed = new Feed(3);
  assert.deepEqual(feed.after(0), { entries: [], lost: 0 });
  for (let n = 1; n <= 7; n++) feed.publish(String(n));
  const ids = (after: number): unknown => {
    const { entries, lost } = feed.after(after);
    return [entries.map(({ id }) => id), lost];
  };
  assert.deepEqual(ids(7), [[], 0]);
  assert.deepEqual(ids(6), [[7], 0]);
  assert.deepEqual(ids(4), [[5, 6, 7], 0]);
  assert.deepEqual(ids(0), [[5, 6, 7], 4]);
  // Nothing of this feed.
  assert.deepEqual(ids(8), [[], 0]);
});

Deno.test("a feed that keeps nothing has nothing for those who were away", () => {
  const feed = new Feed(0);
  feed.publish("1");
  assert.deepEqual(feed.after(0), { entries: [], lost: 1 });
});

Deno.test("it is told when the first follower comes and when the last has gone", () => {
  const told: boolean[] = [];
  const feed = new Feed(0, (isFollowed) => told.push(isFollowed));
  const [one, two] = [0, 1].map(() => feed.follow({ ...ALL, onEntry: () => {} }));
  one?.();
  one?.();
  assert.deepEqual(told, [true]);
  two?.();
  assert.deepEqual(told, [true, false]);
});
