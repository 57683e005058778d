import assert from "node:assert/strict";
import { LogThrottle } from "../../../src/data/log_throttle.ts";
import { Board, Header } from "../../../src/model/board.ts";

Deno.test("one log line an interval, whichever thread asks, also when the wall clock is set back", () => {
  const { words } = Board.allocate();
  const [one, other] = [new LogThrottle(words), new LogThrottle(words)];
  const word = Header.acceptLoggedAt;
  const start = 1_700_000_000_000;
  assert.equal(one.mayLog(word, start, 1_000), true);
  assert.equal(other.mayLog(word, start + 1, 1_000), false);
  assert.equal(one.mayLog(word, start + 999, 1_000), false);
  assert.equal(other.mayLog(word, start + 1_000, 1_000), true);
  assert.equal(one.mayLog(word, start - 3_600_000, 1_000), true);
  assert.equal(one.mayLog(Header.capLoggedAt, start, 1_000), true);
});
