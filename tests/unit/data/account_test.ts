import assert from "node:assert/strict";
import { ACCESS_FLUSH_BYTES } from "../../../src/base/limits.ts";
import { Account } from "../../../src/data/account.ts";
import { Board, Counter, Header, Shared } from "../../../src/model/board.ts";
import type { Report } from "../../../src/model/messages.ts";
import { FakeClock } from "../../kit/fake_clock.ts";
import { FakeEngine } from "../../kit/fake_engine.ts";
import { smallBoard } from "../../kit/fake_thread.ts";

class Fixture {
  readonly clock = new FakeClock();
  readonly board = smallBoard(2);
  readonly reports: Report[] = [];
  readonly account: Account;
  readonly other: Account;

  constructor() {
    const engine = new FakeEngine(this.clock);
    const report = (one: Report): void => void this.reports.push(one);
    this.account = new Account(this.board, 0, engine, () => 0.5, report);
    this.other = new Account(this.board, 1, engine, () => 0.5, report);
  }

  /** The shared count of a slot. */
  active(slot: number): number {
    return Atomics.load(this.board.words, Board.word(slot, Shared.active));
  }
}

function record(account: Account, line: string): void {
  account.lines.text(line);
  account.recorded();
}

Deno.test("places are shared by all threads, and given back", () => {
  const fixture = new Fixture();
  const { account, other, board } = fixture;
  assert.equal(account.enter(5, 2), true);
  assert.equal(other.enter(5, 2), true);
  assert.equal(account.enter(5, 2), false);
  assert.equal(fixture.active(5), 2);
  assert.equal(board.sum(5, Counter.active), 2);
  other.leave(5);
  assert.equal(account.enter(5, 2), true);
  assert.equal(board.counters(0)[Board.counter(5, Counter.active)], 2);
});

Deno.test("limit 0 is none", () => {
  const { account, board } = new Fixture();
  for (let i = 0; i < 100; i++) assert.equal(account.enter(5, 0), true);
  assert.equal(board.sum(5, Counter.active), 100);
});

Deno.test("open tells when the process has reached its cap", () => {
  const { account, other, board } = new Fixture();
  assert.equal(account.open(), true);
  Atomics.store(board.words, Header.maxConnections, 3);
  assert.equal(other.open(), true);
  assert.equal(account.belowCap(), true);
  assert.equal(account.open(), false);
  assert.equal(account.belowCap(), false);
  other.close();
  assert.equal(account.belowCap(), true);
});

Deno.test("records leave together, soon or when there are many", () => {
  const { account, clock, reports } = new Fixture();
  record(account, "one\n");
  clock.advance(99);
  record(account, "two\n");
  assert.deepEqual(reports, []);
  clock.advance(1);
  assert.deepEqual(reports, [{ type: "access", lines: "one\ntwo\n", count: 2 }]);
  clock.advance(1_000);
  assert.equal(reports.length, 1);
  const long = `${"x".repeat(ACCESS_FLUSH_BYTES - 10_000)}\n`;
  record(account, long);
  record(account, long);
  assert.deepEqual(reports.at(-1), { type: "access", lines: long + long, count: 2 });
  record(account, "three\n");
  clock.advance(100);
  assert.equal(reports.length, 3);
});

Deno.test("flush sends what there is, and nothing twice", () => {
  const { account, clock, reports } = new Fixture();
  account.flush();
  record(account, "one\n");
  account.flush();
  account.flush();
  clock.advance(1_000);
  assert.equal(reports.length, 1);
});

Deno.test("one log line a second, whichever thread asks, also when the wall clock is set back", () => {
  const { account, other } = new Fixture();
  const word = Header.acceptLoggedAt;
  const start = 1_700_000_000_000;
  assert.equal(account.mayLog(word, start), true);
  assert.equal(other.mayLog(word, start + 1), false);
  assert.equal(account.mayLog(word, start + 999), false);
  assert.equal(other.mayLog(word, start + 1_000), true);
  assert.equal(account.mayLog(word, start - 3_600_000), true);
  assert.equal(account.mayLog(Header.capLoggedAt, start), true);
});

Deno.test("sampled takes all, none, or its share", () => {
  const { account } = new Fixture();
  assert.deepEqual([1, 0, 0.6, 0.5].map((share) => account.sampled(share)), [true, false, true, false]);
});
