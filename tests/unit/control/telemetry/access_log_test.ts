import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import {
  ACCESS_BACKLOG_MAX_BYTES,
  ACCESS_CHECK_MS,
  ACCESS_OPEN_MAX_MS,
} from "../../../../src/base/limits.ts";
import { AccessLog } from "../../../../src/control/telemetry/access_log.ts";
import { openAccessSink } from "../../../../src/control/telemetry/access_sink.ts";
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
    this.access = new AccessLog({ clock: this.clock, log: this.log.log, words: this.words });
    this.access.switchTo(this.sink);
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
  fixture.access.switchTo(null);
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

Deno.test("a failing sink loses what it was given, says so once, and is tried again", async () => {
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
  fixture.send("lost\n");
  await fixture.sink.fail("broken pipe");
  assert.equal(fixture.log.messages.length, 2);
  assert.equal(fixture.credit.waiting, 0);
});

Deno.test("a switch takes over at once, and the old sink is closed when it has written what it was given", async () => {
  const fixture = new Fixture();
  const { access, sink } = fixture;
  fixture.send("old\n");
  const next = new SlowWriter();
  access.switchTo(next);
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
  fixture.access.switchTo(second);
  assert.equal(fixture.credit.waiting, 0);
  fill();
  const before = fixture.access.dropped;
  fixture.access.switchTo(new SlowWriter());
  const fitting = ACCESS_BACKLOG_MAX_BYTES / MIB;
  assert.equal(fixture.access.dropped - before, fitting - 1, "all but the write under way");
  await second.take();
  assert.equal(fixture.credit.waiting, 0);
});

Deno.test("flush waits for the old sink as well as for the new one", async () => {
  const fixture = new Fixture();
  fixture.send("old\n");
  const next = new SlowWriter();
  fixture.access.switchTo(next);
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
  fixture.access.formatBy((lines) => lines.toUpperCase());
  fixture.send("one é\n");
  fixture.access.write("as it is\n");
  fixture.access.formatBy(null);
  fixture.send("two\n");
  await fixture.takeAll();
  assert.equal(fixture.sink.written, "ONE É\nas it is\ntwo\n");
  assert.equal(fixture.credit.waiting, 0);
});

Deno.test("a file is appended to", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/access.log`;
    for (const text of ["one\n", "two é\n"]) {
      const sink = await openAccessSink(path, systemClock);
      await sink?.write(new TextEncoder().encode(text));
      sink?.close();
    }
    assert.equal(await Deno.readTextFile(path), "one\ntwo é\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("none is no sink, and a file that cannot be opened is an error", async () => {
  assert.equal(await openAccessSink("none", systemClock), null);
  await assert.rejects(openAccessSink("/nowhere/at/all.log", systemClock), Deno.errors.NotFound);
});

Deno.test({
  name: "a pipe that nobody reads from is refused after a while, not waited for",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/records`;
      assert.equal((await new Deno.Command("mkfifo", { args: [path] }).output()).success, true);
      const clock = new FakeClock();
      const opening = openAccessSink(path, clock);
      clock.advance(ACCESS_OPEN_MAX_MS);
      await assert.rejects(opening, /nobody reads from this pipe/);
      // The open that was given up ends when a reader comes.
      (await Deno.open(path, { read: true })).close();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
