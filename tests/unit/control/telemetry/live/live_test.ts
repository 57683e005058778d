import assert from "node:assert/strict";
import { Live } from "../../../../../src/control/telemetry/live/live.ts";
import type { FeedFollower } from "../../../../../src/control/telemetry/live/feed.ts";
import { Board, Header } from "../../../../../src/model/board.ts";

Deno.test("events carry what their line in the log has", () => {
  const live = new Live(Board.allocate());
  const entry = {
    ts: "2026-11-21T08:09:10.011Z",
    level: "warn",
    event: "target_down",
    message: "m",
  } as const;
  live.logged({ ...entry, fields: { app: "web" } });
  assert.deepEqual(JSON.parse(live.events.after(0).entries[0]?.data ?? ""), { ...entry, app: "web" });
});

/** Puts down what it hears, and what passes it by as a number. */
function follower(room: number, heard: (string | number)[]): FeedFollower {
  return { room, onEntry: ({ data }) => heard.push(data), onPassed: (count) => heard.push(count) };
}

Deno.test("records are only looked at, and data threads only asked for them, while somebody follows", () => {
  const board = Board.allocate();
  const live = new Live(board);
  const lines = new TextEncoder().encode('{"id":"1"}\n{"id":"2"}\n');
  live.recorded(lines, 2);
  assert.deepEqual([live.access.lastId, board.words[Header.accessFollowed]], [0, 0]);
  const heard: string[] = [];
  const unfollow = live.access.follow(follower(Infinity, heard));
  assert.equal(board.words[Header.accessFollowed], 1);
  live.recorded(lines, 2);
  assert.deepEqual(heard, ['{"id":"1"}', '{"id":"2"}']);
  unfollow();
  assert.equal(board.words[Header.accessFollowed], 0);
});

Deno.test("records beyond the room of all who follow pass by unread, and are counted", () => {
  const live = new Live(Board.allocate());
  const lines = new TextEncoder().encode('"a"\n"b"\n"ü"\n');
  const heard: (string | number)[] = [];
  const unfollow = live.access.follow(follower(0, heard));
  live.recorded(lines, 3);
  assert.deepEqual([heard.splice(0), live.access.lastId], [[3], 3]);
  live.access.follow(follower(2, heard));
  live.recorded(lines, 3);
  assert.deepEqual(heard.splice(0), ['"a"', '"a"', '"b"', '"b"', 1, 1]);
  unfollow();
  live.access.follow(follower(3, heard));
  live.recorded(lines, 3);
  assert.deepEqual([heard.length, live.access.lastId], [6, 9]);
});
