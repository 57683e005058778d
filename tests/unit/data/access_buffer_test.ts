import assert from "node:assert/strict";
import { ACCESS_BACKLOG_MAX_BYTES, ACCESS_FLUSH_BYTES } from "../../../src/base/limits.ts";
import { AccessBuffer } from "../../../src/data/access_buffer.ts";
import { Counters } from "../../../src/data/counters.ts";
import { Counter, Header, PROCESS_SLOT } from "../../../src/model/board.ts";
import { AccessCredit } from "../../../src/model/access_credit.ts";
import type { Report } from "../../../src/model/messages.ts";
import { FakeClock } from "../../kit/fake_clock.ts";
import { FakeEngine } from "../../kit/fake_engine.ts";
import { FakeMemory } from "../../kit/fake_memory.ts";

class Fixture {
  readonly clock = new FakeClock();
  readonly memory = new FakeMemory();
  readonly credit = new AccessCredit(this.memory.board.words);
  readonly reports: Report[] = [];
  readonly buffer = this.thread();

  thread(): AccessBuffer {
    const { board, totals } = this.memory;
    const report = (one: Report): void => void this.reports.push(one);
    return new AccessBuffer(
      board,
      new Counters(board.words, totals.open()),
      new FakeEngine(this.clock),
      () => 0.5,
      report,
    );
  }

  /** What was sent, as text. */
  get sent(): { readonly lines: string; readonly count: number }[] {
    return this.reports.flatMap((report) =>
      report.type === "access" ? [{ lines: new TextDecoder().decode(report.lines), count: report.count }] : []
    );
  }
}

function record(buffer: AccessBuffer, line: string): void {
  buffer.lines.text(line);
  buffer.recorded();
}

Deno.test("records leave together, soon or when there are many", () => {
  const fixture = new Fixture();
  const { buffer, clock } = fixture;
  record(buffer, "one\n");
  clock.advance(99);
  record(buffer, "two\n");
  assert.deepEqual(fixture.sent, []);
  clock.advance(1);
  assert.deepEqual(fixture.sent, [{ lines: "one\ntwo\n", count: 2 }]);
  clock.advance(1_000);
  assert.equal(fixture.sent.length, 1);
  const long = `${"x".repeat(ACCESS_FLUSH_BYTES - 10_000)}\n`;
  record(buffer, long);
  record(buffer, long);
  assert.deepEqual(fixture.sent.at(-1), { lines: long + long, count: 2 });
  record(buffer, "three\n");
  clock.advance(100);
  assert.equal(fixture.sent.length, 3);
});

Deno.test("flush sends what there is, and nothing twice", () => {
  const fixture = new Fixture();
  const { buffer, clock } = fixture;
  buffer.flush();
  record(buffer, "one\n");
  buffer.flush();
  buffer.flush();
  clock.advance(1_000);
  assert.equal(fixture.sent.length, 1);
});

Deno.test("a message keeps its records when more are made: it is sent without being copied again", () => {
  const fixture = new Fixture();
  record(fixture.buffer, "one\n");
  fixture.buffer.flush();
  record(fixture.buffer, "two\n");
  fixture.buffer.flush();
  assert.deepEqual(fixture.sent.map(({ lines }) => lines), ["one\n", "two\n"]);
});

Deno.test("while too much is under way, over all threads, records are dropped and counted", () => {
  const fixture = new Fixture();
  const { buffer, credit } = fixture;
  const other = fixture.thread();
  const line = `${"x".repeat(ACCESS_FLUSH_BYTES - 1)}\n`;
  const fitting = ACCESS_BACKLOG_MAX_BYTES / ACCESS_FLUSH_BYTES;
  for (let i = 0; i < fitting - 1; i++) record(i % 2 === 0 ? buffer : other, line);
  assert.equal(credit.dropped, 0);
  record(buffer, line);
  for (let i = 0; i < 7; i++) record(other, line);
  assert.deepEqual([fixture.sent.length, credit.dropped], [fitting, 7]);
  credit.give(ACCESS_FLUSH_BYTES);
  record(other, line);
  record(other, line);
  assert.deepEqual([fixture.sent.length, credit.dropped], [fitting + 1, 8]);
  // By what each thread sent, control knows what a dead one had under way.
  const sentBytes = fixture.memory.totals.sum(PROCESS_SLOT, Counter.accessBytes);
  assert.equal(sentBytes, (fitting + 1) * ACCESS_FLUSH_BYTES);
});

Deno.test("a sample takes all, none, or its share", () => {
  const { buffer } = new Fixture();
  assert.deepEqual([1, 0, 0.6, 0.5].map((share) => buffer.wants(share)), [true, false, true, false]);
});

Deno.test("where no session is recorded, those who follow live get the records of all", () => {
  const { buffer, memory } = new Fixture();
  assert.deepEqual([0, 0.4, 0.6, 1].map((sample) => buffer.wants(sample)), [false, false, true, true]);
  memory.board.words[Header.accessFollowed] = 1;
  // A share that is written stays what it is.
  assert.deepEqual([0, 0.4, 0.6, 1].map((sample) => buffer.wants(sample)), [true, false, true, true]);
});
