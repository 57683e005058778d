import type { Clock } from "../base/clock.ts";
import { RULE_LOG_INTERVAL_MS } from "../base/limits.ts";
import { Board, Counter, Shared } from "../model/board.ts";
import type { Report } from "../model/messages.ts";
import type { Counters } from "./counters.ts";
import type { LogThrottle } from "./log_throttle.ts";
import { NO_RULE } from "./why/passed_over.ts";

/** Who hears what becomes of the rules of apps. */
export interface RuleListener {
  /** A rule gave a session a target, or turned it away. */
  took(slot: number): void;
  /** A rule's condition has no value. @param reason ends the sentence "the rule failed: ...". */
  failed(slot: number, app: string, rule: string, reason: string): void;
}

/** Counts what becomes of rules, and says now and then of each one that it failed. */
export class RuleCounts implements RuleListener {
  /** Slot of the rule that held last. */
  lastTook = NO_RULE;

  constructor(
    private readonly counters: Counters,
    private readonly throttle: LogThrottle,
    private readonly clock: Pick<Clock, "wallTime">,
    private readonly report: (report: Report) => void,
  ) {}

  took(slot: number): void {
    this.lastTook = slot;
    this.counters.add(slot, Counter.connections, 1);
  }

  failed(slot: number, app: string, rule: string, reason: string): void {
    this.counters.add(slot, Counter.ruleFailures, 1);
    const word = Board.word(slot, Shared.strategyLoggedAt);
    if (!this.throttle.mayLog(word, this.clock.wallTime(), RULE_LOG_INTERVAL_MS)) return;
    const fields = { app, rule, reason };
    this.report({ type: "log", level: "warn", event: "rule_failed", fields });
  }
}
