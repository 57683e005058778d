import type { Logger } from "../base/log.ts";
import type { RunningApps } from "../control/config/watching/subscriber.ts";
import { readAppCondition } from "../control/daemon/app_condition.ts";
import type { Daemon } from "../control/daemon/daemon.ts";
import { type Board, Counter } from "../model/board.ts";
import { CLOSE_REASONS } from "../model/close_reason.ts";
import { TargetWords } from "../model/target_words.ts";

/** Connections that ended by what the app's targets, or the proxy, did. What clients did themselves is no failure of it. */
const FAILURES = (["target_abort", "connect_failed", "no_target", "resource", "internal"] as const).map(
  (reason) => Counter.closed + CLOSE_REASONS.indexOf(reason),
);
/** Answers of 500 and above. */
const SERVER_ERRORS = Counter.answers + 4;

/** What the proxy tells the source of its configs of the apps that run. */
export function runningApps(
  daemon: Daemon,
  board: Board,
  overrides: RunningApps["overrides"],
  log: Logger,
): RunningApps {
  const words = new TargetWords(board);
  return {
    log,
    overrides,
    condition(app): ReturnType<RunningApps["condition"]> {
      const snapshot = daemon.snapshots.get(app);
      return snapshot === undefined ? null : readAppCondition(daemon, words, snapshot, daemon.stopping);
    },
    load(app): ReturnType<RunningApps["load"]> {
      const snapshot = daemon.snapshots.get(app);
      if (snapshot === undefined) return null;
      const sum = (counter: number): number => daemon.totals.sum(snapshot.slot, counter);
      const failures = snapshot.http === null ? FAILURES.map(sum) : [sum(SERVER_ERRORS)];
      return [
        sum(Counter.held),
        sum(Counter.connections),
        sum(Counter.requests),
        failures.reduce((all, one) => all + one, 0),
      ];
    },
  };
}
