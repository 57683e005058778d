import { Board, Counter, PROCESS_SLOT, Shared } from "../../../model/board.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";
import { TargetWords } from "../../../model/target_words.ts";
import { readAppCondition } from "../../daemon/app_condition.ts";
import type { Daemon } from "../../daemon/daemon.ts";
import type { Clock } from "../../../base/clock.ts";
import type { SampleSource } from "./sampler.ts";
import { Samples } from "./samples.ts";

/** Samples of a running proxy. */
export function daemonSamples(clock: Clock, daemon: Daemon, board: Board): Samples {
  return new Samples(clock, daemonSource(daemon, board));
}

/** What samples are made of, as it stands on the board. */
function daemonSource(daemon: Daemon, board: Board): SampleSource {
  const words = new TargetWords(board);
  const { totals } = daemon;
  return {
    totals,
    words,
    *apps(): Iterable<AppSnapshot> {
      yield* daemon.snapshots.values();
      for (const app of daemon.departures.apps) if (totals.sum(app.slot, Counter.held) > 0) yield app;
    },
    conditionOf: (app) =>
      readAppCondition(
        daemon,
        words,
        app,
        daemon.stopping || daemon.snapshots.get(app.name)?.slot !== app.slot,
      ),
    proxy: () => ({
      revision: daemon.revision,
      serves: daemon.revision > 0 && !daemon.stopping,
      connections: Atomics.load(board.words, Board.word(PROCESS_SLOT, Shared.taken)),
    }),
  };
}
