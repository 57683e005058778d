import type { Clock } from "../base/clock.ts";
import { SCRIPT_LOG_INTERVAL_MS } from "../base/limits.ts";
import { Board, Counter, Shared } from "../model/board.ts";
import type { Report } from "../model/messages.ts";
import type { AppSnapshot } from "../model/snapshot.ts";
import type { Counters } from "./counters.ts";
import type { LogThrottle } from "./log_throttle.ts";

/** Counts what scripts of apps do wrong, and says it in the log now and then for each app. */
export class ScriptFailures {
  constructor(
    private readonly counters: Counters,
    private readonly throttle: LogThrottle,
    private readonly clock: Pick<Clock, "wallTime">,
    private readonly report: (report: Report) => void,
  ) {}

  /** The script of an app failed. @param describe says how. */
  add({ name, slot }: AppSnapshot, describe: () => string): void {
    this.counters.add(slot, Counter.scriptFailures, 1);
    const word = Board.word(slot, Shared.strategyLoggedAt);
    if (!this.throttle.mayLog(word, this.clock.wallTime(), SCRIPT_LOG_INTERVAL_MS)) return;
    const fields = { app: name, error: describe() };
    this.report({ type: "log", level: "warn", event: "script_failed", fields });
  }
}
