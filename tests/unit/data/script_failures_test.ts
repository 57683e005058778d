import assert from "node:assert/strict";
import { SCRIPT_LOG_INTERVAL_MS } from "../../../src/base/limits.ts";
import { Counters } from "../../../src/data/counters.ts";
import { LogThrottle } from "../../../src/data/log_throttle.ts";
import { ScriptFailures } from "../../../src/data/script_failures.ts";
import { Board, Counter } from "../../../src/model/board.ts";
import { ThreadMemory } from "../../../src/model/thread_memory.ts";
import type { Report } from "../../../src/model/messages.ts";
import { FakeClock } from "../../kit/fake_clock.ts";
import { app } from "../../kit/snapshots.ts";

Deno.test("failures of scripts are counted each, and told once a minute for each app, over all threads", () => {
  const clock = new FakeClock();
  const { words } = Board.allocate();
  const reports: Report[] = [];
  const counters = [0, 1].map(() => ThreadMemory.allocate(8));
  const [one, other] = counters.map((own) =>
    new ScriptFailures(
      new Counters(words, own),
      new LogThrottle(words),
      clock,
      (report) => reports.push(report),
    )
  );
  const [a, b] = [{ ...app(), name: "a", slot: 1 }, { ...app(), name: "b", slot: 2 }];
  let described = 0;
  const fail = (thread: ScriptFailures | undefined, where: typeof a, error: string): void =>
    thread?.add(where, () => {
      described++;
      return error;
    });
  fail(one, a, "first");
  clock.advance(1);
  fail(other, b, "another app");
  clock.advance(SCRIPT_LOG_INTERVAL_MS - 2);
  fail(other, a, "too soon");
  clock.advance(1);
  fail(other, a, "second");
  assert.deepEqual(
    reports.map((report) => report.type === "log" ? report.fields : {}),
    [{ app: "a", error: "first" }, { app: "b", error: "another app" }, { app: "a", error: "second" }],
  );
  assert.equal(described, 3, "what is not told is not put into words");
  const counted = counters.map((own) =>
    [1, 2].map((slot) => own[Board.counter(slot, Counter.scriptFailures)])
  );
  assert.deepEqual(counted, [[1, 0], [2, 1]]);
});
