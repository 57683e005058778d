import assert from "node:assert/strict";
import { Live } from "../../../../../src/control/telemetry/live/live.ts";
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

Deno.test("records are only looked at, and data threads only asked for them, while somebody follows", () => {
  const board = Board.allocate();
  const live = new Live(board);
  const lines = new TextEncoder().encode('{"id":"1"}\n{"id":"2"}\n');
  live.recorded(lines);
  assert.deepEqual([live.access.lastId, board.words[Header.accessFollowed]], [0, 0]);
  const heard: string[] = [];
  const unfollow = live.access.follow({ onEntry: ({ data }) => heard.push(data) });
  assert.equal(board.words[Header.accessFollowed], 1);
  live.recorded(lines);
  assert.deepEqual(heard, ['{"id":"1"}', '{"id":"2"}']);
  unfollow();
  assert.equal(board.words[Header.accessFollowed], 0);
});
