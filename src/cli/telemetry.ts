import { systemClock } from "../base/clock.ts";
import { FINAL_FLUSH_MS } from "../base/limits.ts";
import type { LogEntry, Logger } from "../base/log.ts";
import { systemRandom } from "../base/random.ts";
import { processEnvironment } from "../control/config/mod.ts";
import type { DaemonOptions } from "../control/daemon/daemon_options.ts";
import type { RolloutObserver } from "../control/rollouts/rollout_log.ts";
import type { AccessLog } from "../control/telemetry/access_log.ts";
import { Live } from "../control/telemetry/live/live.ts";
import type { Metrics } from "../control/telemetry/metrics/mod.ts";
import { openOtlp, type Otlp } from "../control/telemetry/otlp/mod.ts";
import type { SignalCounts } from "../control/telemetry/signal_counts.ts";
import type { Board } from "../model/board.ts";
import { VERSION } from "./version_number.ts";

/** Who hears of events and records beside the program's own outputs: those who follow them, and receivers of OpenTelemetry. */
export class Telemetry {
  readonly live: Live;
  readonly rollouts: RolloutObserver = {
    began: () => this.#otlp?.rolloutBegan(),
    ended: (entry) => this.#otlp?.rolloutEnded(entry),
  };
  /** Null where the environment does not ask for it. */
  #otlp: Otlp | null = null;

  constructor(private readonly board: Board) {
    this.live = new Live(board);
  }

  /** What was sent by OTLP. */
  get otlp(): readonly SignalCounts[] {
    return this.#otlp?.counts ?? [];
  }

  /** Takes what comes of data threads; access records go on to the access log. */
  fromThreads(accessLog: AccessLog): Pick<DaemonOptions, "onAccess" | "onTraces" | "onThreadGone"> {
    return {
      onAccess: (lines, count, thread) => {
        // First: the access log frees them.
        this.live.recorded(lines, count);
        accessLog.receive(lines, count, thread);
      },
      onTraces: (lines, thread) => this.#otlp?.traced(lines, thread),
      onThreadGone: (thread, sent) => {
        accessLog.threadGone(thread, sent.access);
        this.#otlp?.threadGone(thread, sent.traces);
      },
    };
  }

  /** Begins to send, where the environment asks for it. Before the first data thread, which is to know what it traces. */
  start(log: Logger, metrics: Metrics): void {
    this.#otlp = openOtlp(processEnvironment.get, {
      version: VERSION,
      clock: systemClock,
      random: systemRandom,
      log,
      words: this.board.words,
    });
    this.#otlp?.start(metrics);
  }

  /** Takes an event of the log. */
  logged(entry: LogEntry): void {
    this.live.logged(entry);
    this.#otlp?.logged(entry);
  }

  /** Sends what is left by OTLP. A receiver that does not answer cannot keep the program alive. */
  async close(): Promise<void> {
    await this.#otlp?.close(FINAL_FLUSH_MS);
  }
}
