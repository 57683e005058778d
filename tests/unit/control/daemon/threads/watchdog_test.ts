import assert from "node:assert/strict";
import { HANG_KILL_PINGS, HANG_NOTICE_PINGS, PING_INTERVAL_MS } from "../../../../../src/base/limits.ts";
import type { Thread } from "../../../../../src/control/daemon/threads/thread.ts";
import { Watchdog } from "../../../../../src/control/daemon/threads/watchdog.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { LogLines } from "../../../../kit/log_lines.ts";

/** As much of a thread as a watchdog sees: it answers, or does not. */
class FakeThread {
  state = "running";
  isHanging = false;
  unansweredPings = 0;
  answers = true;
  pings = 0;
  killed: string[] = [];

  constructor(readonly index: number, private readonly onPong: (thread: Thread) => void) {}

  get thread(): Thread {
    return this as unknown as Thread;
  }

  send(): void {
    this.pings++;
    if (this.answers) this.onPong(this.thread);
  }

  kill(reason: string): void {
    this.killed.push(reason);
  }
}

class Fixture {
  readonly clock = new FakeClock();
  readonly log = new LogLines();
  readonly changes: string[] = [];
  readonly threads: FakeThread[];
  readonly watchdog: Watchdog;

  constructor() {
    this.threads = [0, 1].map((index) => new FakeThread(index, (thread) => this.watchdog.heard(thread)));
    const all = (): Thread[] => this.threads.map(({ thread }) => thread);
    this.watchdog = new Watchdog(this.clock, this.log.log, {
      get threads(): Thread[] {
        return all();
      },
      onHangChange: ({ index, isHanging }) => this.changes.push(`${index} ${isHanging}`),
    });
    this.watchdog.start();
  }

  pass(pings: number): void {
    for (let i = 0; i < pings; i++) this.clock.advance(PING_INTERVAL_MS);
  }
}

Deno.test("threads that answer are asked now and then, and nothing is said", () => {
  const { threads, log, changes, ...fixture } = new Fixture();
  fixture.clock.advance(PING_INTERVAL_MS * 10);
  assert.deepEqual(threads.map(({ pings }) => pings), [10, 10]);
  assert.deepEqual([log.lines, changes], [[], []]);
  fixture.watchdog.close();
  assert.equal(fixture.clock.pendingTimers, 0);
});

Deno.test("one that does not answer is said to hang, and then ended; the other is left alone", () => {
  const fixture = new Fixture();
  const { threads: [quiet, well], changes, log } = fixture;
  assert.ok(quiet !== undefined && well !== undefined);
  quiet.answers = false;
  fixture.pass(HANG_NOTICE_PINGS);
  assert.deepEqual(changes, []);
  fixture.pass(1);
  assert.deepEqual(changes, ["0 true"]);
  assert.deepEqual(log.messages, ["data thread hangs: others take its listening sockets"]);
  fixture.pass(HANG_KILL_PINGS - HANG_NOTICE_PINGS - 1);
  assert.deepEqual(quiet.killed, []);
  fixture.pass(1);
  assert.deepEqual([quiet.killed, well.killed], [["it hangs"], []]);
});

Deno.test("one that hears again is as if nothing had been", () => {
  const fixture = new Fixture();
  const { threads: [thread], changes } = fixture;
  assert.ok(thread !== undefined);
  thread.answers = false;
  fixture.pass(HANG_NOTICE_PINGS + 1);
  thread.answers = true;
  fixture.pass(1);
  assert.deepEqual(changes, ["0 true", "0 false"]);
  thread.answers = false;
  fixture.pass(HANG_NOTICE_PINGS);
  assert.deepEqual([changes.length, thread.killed], [2, []]);
});

Deno.test("a thread that is only starting is not hurried", () => {
  const fixture = new Fixture();
  const { threads: [thread] } = fixture;
  assert.ok(thread !== undefined);
  thread.state = "starting";
  thread.answers = false;
  fixture.pass(HANG_KILL_PINGS * 2);
  assert.deepEqual([thread.pings, thread.killed], [0, []]);
});
