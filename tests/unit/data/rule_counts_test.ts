import assert from "node:assert/strict";
import { RULE_LOG_INTERVAL_MS } from "../../../src/base/limits.ts";
import { Counters } from "../../../src/data/counters.ts";
import { LogThrottle } from "../../../src/data/log_throttle.ts";
import { RuleCounts } from "../../../src/data/rule_counts.ts";
import { Board, Counter } from "../../../src/model/board.ts";
import { ThreadMemory } from "../../../src/model/thread_memory.ts";
import type { Report } from "../../../src/model/messages.ts";
import { FakeClock } from "../../kit/fake_clock.ts";

Deno.test("rules that fail are counted each time, and told once a minute for each of them, over all threads", () => {
  const clock = new FakeClock();
  const { words } = Board.allocate();
  const reports: Report[] = [];
  const counters = ThreadMemory.allocate(20);
  const [one, other] = [0, 1].map(() =>
    new RuleCounts(
      new Counters(words, counters),
      new LogThrottle(words),
      clock,
      (report) => reports.push(report),
    )
  );
  one?.failed(7, "web", "canary", "no such key");
  other?.failed(8, "web", "office", "no IP address");
  clock.advance(RULE_LOG_INTERVAL_MS - 1);
  other?.failed(7, "web", "canary", "too soon");
  clock.advance(1);
  other?.failed(7, "web", "canary", "division by zero");
  one?.took(7);
  assert.deepEqual(
    reports.map((report) =>
      report.type === "log" ? [report.fields?.["rule"], report.fields?.["reason"]] : []
    ),
    [
      ["canary", "no such key"],
      ["office", "no IP address"],
      ["canary", "division by zero"],
    ],
  );
  const count = (slot: number, counter: number): number => counters[Board.counter(slot, counter)]!;
  assert.deepEqual([7, 8].map((slot) => count(slot, Counter.ruleFailures)), [3, 1]);
  assert.deepEqual([7, 8].map((slot) => count(slot, Counter.connections)), [1, 0]);
});
