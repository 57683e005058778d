import type { Logger } from "../base/log.ts";
import type { RunningApps } from "../control/config/watching/subscriber.ts";
import { readAppCondition } from "../control/daemon/app_condition.ts";
import type { Daemon } from "../control/daemon/daemon.ts";
import { type Board, Counter } from "../model/board.ts";
import { TargetWords } from "../model/target_words.ts";

/** What the proxy tells the source of its configs of the apps that run. */
export function runningApps(daemon: Daemon, board: Board, log: Logger): RunningApps {
  const words = new TargetWords(board);
  return {
    log,
    condition(app): ReturnType<RunningApps["condition"]> {
      const snapshot = daemon.snapshots.get(app);
      return snapshot === undefined ? null : readAppCondition(daemon, words, snapshot, daemon.stopping);
    },
    load(app): ReturnType<RunningApps["load"]> {
      const slot = daemon.snapshots.get(app)?.slot;
      if (slot === undefined) return null;
      const { totals } = daemon;
      return [
        totals.sum(slot, Counter.held),
        totals.sum(slot, Counter.connections),
        totals.sum(slot, Counter.requests),
      ];
    },
  };
}
