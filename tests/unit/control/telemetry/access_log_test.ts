import assert from "node:assert/strict";
import { ACCESS_BACKLOG_MAX_BYTES, ACCESS_CHECK_MS } from "../../../../src/base/limits.ts";
import { AccessLog } from "../../../../src/control/telemetry/access_log.ts";
import { Outage } from "../../../../src/control/telemetry/outputs/outage.ts";
import { Outlet } from "../../../../src/control/telemetry/outputs/outlet.ts";
import { Board } from "../../../../src/model/board.ts";
import { AccessCredit } from "../../../../src/model/access_credit.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { SlowWriter } from "../../../kit/slow_writer.ts";

const MIB = 1024 * 1024;
const TOO_SLOW = "access log is too slow, dropping records";
const KEEPS_UP = "access log keeps up again";

class Fixture {
  readonly log = new LogLines();
  readonly clock = new FakeClock();
  readonly sink = new SlowWriter();
  readonly words = Board.allocate().words;
  /** As data threads see it. */
  readonly credit = new AccessCredit(this.words);
  readonly access: AccessLog;

  constructor() {
    this.access = new AccessLog({ clock: this.clock, words: this.words });
    this.access.switchTo([this.outlet(this.sink, "first")]);
  }

  outlet(sink: SlowWriter, name: string): Outlet {
    return new Outlet(sink, new Outage(this.log.log, name));
  }

  /** Goes over to another place. */
  switchTo(sink: SlowWriter): void {
    this.access.switchTo([this.outlet(sink, "next")]);
  }

  /** A data thread sends records, unless too many are under way; as `AccessBuffer` does. */
  send(text: string, count = 1, thread = 0): boolean {
    const lines = new TextEncoder().encode(text);
    const isSent = this.credit.take(lines.length);
    if (isSent) this.access.receive(lines, count, thread);
    else this.credit.drop(count);
    return isSent;
  }

  async takeAll(): Promise<void> {
    while (await this.sink.take() !== "");
  }
}

Deno.test("lines are written in order, and given back to the threads when they are written", async () => {
  const fixture = new Fixture();
  for (const [index, text] of ["1\n", "2\n", "3\n"].entries()) fixture.send(text, 1, index % 2);
  assert.equal(fixture.credit.waiting, 6);
  await fixture.sink.take();
  assert.equal(fixture.credit.waiting, 4);
  await fixture.takeAll();
  assert.equal(fixture.sink.written, "1\n2\n3\n");
  await fixture.access.flush();
  assert.deepEqual([fixture.access.dropped, fixture.credit.waiting], [0, 0]);
});

Deno.test("without a sink lines go nowhere and are no loss", async () => {
  const fixture = new Fixture();
  fixture.access.switchTo([]);
  fixture.send("1\n");
  await fixture.access.flush();
  assert.deepEqual([fixture.access.dropped, fixture.credit.waiting], [0, 0]);
});

Deno.test("what a slow reader leaves waiting is bounded; the rest is dropped, counted and said once", async () => {
  const fixture = new Fixture();
  const chunk = "x".repeat(MIB);
  const fitting = ACCESS_BACKLOG_MAX_BYTES / MIB;
  for (let i = 0; i < fitting; i++) assert.equal(fixture.send(chunk, 10, i % 2), true);
  for (let i = 0; i < 3; i++) assert.equal(fixture.send(chunk, 10), false);
  assert.equal(fixture.access.dropped, 30);
  // Nothing arrives and nothing is written: it is looked at all the same.
  fixture.clock.advance(ACCESS_CHECK_MS);
  fixture.clock.advance(10 * ACCESS_CHECK_MS);
  assert.deepEqual(fixture.log.messages, [TOO_SLOW]);
  await fixture.takeAll();
  assert.equal(fixture.sink.written.length, fitting * MIB);
  assert.deepEqual(fixture.log.messages, [TOO_SLOW, KEEPS_UP]);
  assert.equal(fixture.log.lines[1]?.dropped, 30);
  assert.equal(fixture.clock.pendingTimers, 1);
  fixture.clock.advance(ACCESS_CHECK_MS);
  assert.equal(fixture.clock.pendingTimers, 0);
  for (let i = 0; i < fitting + 1; i++) fixture.send(chunk);
  fixture.clock.advance(ACCESS_CHECK_MS);
  assert.equal(fixture.access.dropped, 31);
  assert.equal(fixture.log.messages.length, 3);
});

Deno.test("what threads drop is counted beyond what a word holds", () => {
  const fixture = new Fixture();
  for (let round = 1; round <= 3; round++) {
    fixture.credit.drop(2 ** 31 - 1);
    assert.equal(fixture.access.dropped, round * (2 ** 31 - 1));
  }
});

Deno.test("what a dead thread had sent and nobody received is forgotten, what waits is not", async () => {
  const fixture = new Fixture();
  fixture.send("waiting\n", 1, 1);
  fixture.credit.take(5_000);
  fixture.access.threadGone(1, "waiting\n".length + 5_000);
  assert.equal(fixture.credit.waiting, "waiting\n".length);
  await fixture.takeAll();
  assert.equal(fixture.credit.waiting, 0);
});

Deno.test("a failing sink loses what it was given; that is said once, and once more when it is over", async () => {
  const fixture = new Fixture();
  for (let i = 0; i < 3; i++) {
    fixture.send("lost\n", 2);
    await fixture.sink.fail("broken pipe");
  }
  assert.equal(fixture.access.dropped, 6);
  assert.deepEqual(fixture.log.messages, ["writing the access log failed"]);
  assert.equal(fixture.log.lines[0]?.error, "broken pipe");
  fixture.send("kept\n");
  await fixture.takeAll();
  assert.equal(fixture.sink.written, "kept\n");
  assert.deepEqual(fixture.log.messages.slice(1), [KEEPS_UP]);
  assert.deepEqual([fixture.log.lines[1]?.output, fixture.log.lines[1]?.dropped], ["first", 6]);
  fixture.send("lost\n");
  await fixture.sink.fail("broken pipe");
  assert.equal(fixture.log.messages.length, 3);
  assert.equal(fixture.credit.waiting, 0);
});

Deno.test("a switch takes over at once, and the old sink is closed when it has written what it was given", async () => {
  const fixture = new Fixture();
  const { access, sink } = fixture;
  fixture.send("old\n");
  const next = new SlowWriter();
  fixture.switchTo(next);
  fixture.send("new\n");
  await next.take();
  assert.equal(next.written, "new\n");
  assert.equal(sink.isClosed, false);
  await sink.take();
  assert.deepEqual([sink.written, sink.isClosed], ["old\n", true]);
  assert.deepEqual([access.dropped, fixture.credit.waiting], [0, 0]);
});

Deno.test("a switch away from a reader that does not read makes room at once; the one before is given up", async () => {
  const fixture = new Fixture();
  const full = "x".repeat(MIB);
  const fill = (): void => {
    while (fixture.send(full));
  };
  fill();
  const second = new SlowWriter();
  fixture.switchTo(second);
  assert.equal(fixture.credit.waiting, 0);
  fill();
  const before = fixture.access.dropped;
  fixture.switchTo(new SlowWriter());
  const fitting = ACCESS_BACKLOG_MAX_BYTES / MIB;
  assert.equal(fixture.access.dropped - before, fitting - 1, "all but the write under way");
  await second.take();
  assert.equal(fixture.credit.waiting, 0);
});

Deno.test("flush waits for the old sink as well as for the new one", async () => {
  const fixture = new Fixture();
  fixture.send("old\n");
  const next = new SlowWriter();
  fixture.switchTo(next);
  fixture.send("new\n");
  let flushed = false;
  const flushing = fixture.access.flush().then(() => flushed = true);
  await next.take();
  assert.equal(flushed, false);
  await fixture.sink.take();
  await flushing;
});

Deno.test("records can be written in another form, from any moment on", async () => {
  const fixture = new Fixture();
  const outlet = fixture.access.outlets[0]!;
  outlet.format = (lines) => lines.toUpperCase();
  fixture.send("one é\n");
  fixture.access.write("as it is\n");
  outlet.format = null;
  fixture.send("two\n");
  await fixture.takeAll();
  assert.equal(fixture.sink.written, "ONE É\nas it is\ntwo\n");
  assert.equal(fixture.credit.waiting, 0);
});

/** Two places, the second with a form of its own. */
class Both extends Fixture {
  readonly other = new SlowWriter();
  readonly outlets = [...this.access.outlets, this.outlet(this.other, "second")];

  constructor() {
    super();
    this.outlets[1]!.format = (lines) => lines.toUpperCase();
    this.access.switchTo(this.outlets);
  }
}

Deno.test("several places get each record, each in its own form; the quicker one makes room", async () => {
  const fixture = new Both();
  fixture.send("one\n");
  fixture.send("two\n");
  await fixture.other.take();
  assert.equal(fixture.credit.waiting, 4);
  await fixture.other.take();
  assert.deepEqual([fixture.credit.waiting, fixture.other.written, fixture.sink.written], [
    0,
    "ONE\nTWO\n",
    "",
  ]);
  await fixture.takeAll();
  assert.equal(fixture.sink.written, "one\ntwo\n");
  await fixture.access.flush();
});

Deno.test("a place that reads nothing costs the other one no record, and its own are counted", async () => {
  const fixture = new Both();
  const chunk = "x".repeat(MIB);
  const sent = ACCESS_BACKLOG_MAX_BYTES / MIB + 3;
  for (let i = 0; i < sent; i++) {
    assert.equal(fixture.send(chunk, 10), true);
    await fixture.other.take();
  }
  assert.equal(fixture.other.written.length, sent * MIB);
  assert.equal(fixture.access.dropped, 30);
  assert.deepEqual(fixture.log.lines.map(({ message, output }) => [message, output]), [[TOO_SLOW, "first"]]);
  await fixture.takeAll();
  assert.deepEqual(fixture.log.messages, [TOO_SLOW, KEEPS_UP]);
  assert.equal(fixture.log.lines[1]?.dropped, 30);
});

Deno.test("places that stay over a switch keep what waits; what one is given is not held up by those that go", async () => {
  const fixture = new Both();
  fixture.send("one\n");
  fixture.access.switchTo([fixture.outlets[0]!]);
  fixture.send("two\n");
  await fixture.takeAll();
  assert.deepEqual([fixture.sink.written, fixture.credit.waiting], ["one\ntwo\n", 0]);
  await fixture.other.take();
  assert.deepEqual([fixture.other.written, fixture.other.isClosed, fixture.sink.isClosed], [
    "ONE\n",
    true,
    false,
  ]);
});
