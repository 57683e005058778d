import assert from "node:assert/strict";
import { FailOpenWatch } from "../../../../src/control/availability/fail_open_watch.ts";
import { Board } from "../../../../src/model/board.ts";
import { Ejections } from "../../../../src/model/ejections.ts";
import type { AppSnapshot } from "../../../../src/model/snapshot.ts";
import { Admin, Health, TargetWords } from "../../../../src/model/target_words.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { app, target } from "../../../kit/snapshots.ts";

const OPENED = "too few targets are available, all are used";
const CLOSED = "all targets are used no more, only those that are available";

class Fixture {
  readonly clock = new FakeClock();
  readonly log = new LogLines();
  readonly board = Board.allocate();
  readonly words = new TargetWords(this.board);
  readonly watch = new FailOpenWatch({ clock: this.clock, log: this.log.log, words: this.words });

  take(failOpenPercent: number, slot = 1): AppSnapshot {
    const targets = [target(1), target(2), target(3), target(4)];
    const snapshot = app({ targets, slot, policy: { failOpenPercent } });
    this.watch.take(snapshot);
    return snapshot;
  }

  /** What was said since the last time. */
  said(): unknown[] {
    this.clock.advance(250);
    const { messages } = this.log;
    this.log.lines.length = 0;
    return messages;
  }
}

Deno.test("that all targets are used is said without anybody asking, whoever took the others out", () => {
  const fixture = new Fixture();
  const { words, watch } = fixture;
  const snapshot = fixture.take(50);
  words.setHealth(101, Health.down);
  words.setHealth(102, Health.down);
  assert.deepEqual(fixture.said(), []);
  assert.ok(new Ejections(fixture.board).eject(snapshot, 103, "consecutive_failures", 100));
  assert.deepEqual(fixture.said(), [OPENED]);
  assert.equal(watch.isOpen("web"), true);
  assert.deepEqual(fixture.said(), []);
  // Who is in maintenance counts neither way: one of two is available, which is enough.
  words.setAdmin(101, Admin.maint);
  words.setAdmin(102, Admin.maint);
  assert.deepEqual(fixture.said(), [CLOSED]);
  assert.equal(watch.isOpen("web"), false);
});

Deno.test("a rollout keeps it, one that wants it no more ends it, and an app that came back is another", () => {
  const fixture = new Fixture();
  const { words, watch } = fixture;
  for (const slot of [101, 102, 103]) words.setHealth(slot, Health.down);
  fixture.take(50);
  fixture.take(60);
  assert.deepEqual(fixture.said(), [OPENED]);
  fixture.take(0);
  assert.deepEqual(fixture.said(), [CLOSED]);
  assert.equal(watch.isOpen("web"), false);
  fixture.take(50);
  fixture.take(50, 9);
  assert.deepEqual(fixture.said(), [OPENED, OPENED]);
  watch.forget("web");
  words.setHealth(101, Health.up);
  assert.deepEqual(fixture.said(), []);
  assert.equal(fixture.clock.pendingTimers, 0);
});
