import { systemClock } from "../base/clock.ts";
import { FINAL_FLUSH_MS } from "../base/limits.ts";
import type { LogEntry, Logger } from "../base/log.ts";
import { systemRandom } from "../base/random.ts";
import { processEnvironment } from "../control/config/mod.ts";
import type { DaemonOptions } from "../control/daemon/daemon_options.ts";
import type { RolloutObserver } from "../control/rollouts/rollout_log.ts";
import { AccessLog } from "../control/telemetry/access_log.ts";
import { Live } from "../control/telemetry/live/live.ts";
import type { Metrics } from "../control/telemetry/metrics/mod.ts";
import { openOtlp, type Otlp } from "../control/telemetry/otlp/mod.ts";
import type { SignalCounts } from "../control/telemetry/signal_counts.ts";
import type { Board } from "../model/board.ts";
import { AccessDestination } from "./access/access_destination.ts";
import { VERSION } from "./version_number.ts";

/** Where events and records go: to those who follow them, to the access log, and to receivers of OpenTelemetry. */
export class Telemetry {
  readonly live: Live;
  readonly accessLog: AccessLog;
  readonly accessTo: AccessDestination;
  /** What comes of data threads. */
  readonly fromThreads: Pick<DaemonOptions, "onAccess" | "onTraces" | "onThreadGone"> = {
    onAccess: (lines, count, thread) => {
      this.live.recorded(lines);
      this.accessLog.receive(lines, count, thread);
    },
    onTraces: (lines, thread) => this.#otlp?.traced(lines, thread),
    onThreadGone: (thread, sent) => {
      this.accessLog.threadGone(thread, sent.access);
      this.#otlp?.threadGone(thread, sent.traces);
    },
  };
  readonly rollouts: RolloutObserver = {
    began: () => this.#otlp?.rolloutBegan(),
    ended: (entry) => this.#otlp?.rolloutEnded(entry),
  };
  /** Null where the environment does not ask for it. */
  #otlp: Otlp | null = null;

  constructor(private readonly board: Board, private readonly log: Logger) {
    this.live = new Live(board);
    this.accessLog = new AccessLog({ clock: systemClock, log, words: board.words });
    this.accessTo = new AccessDestination(this.accessLog, log);
  }

  /** What was sent by OTLP. */
  get otlp(): readonly SignalCounts[] {
    return this.#otlp?.counts ?? [];
  }

  /** Begins to send, where the environment asks for it. Before the first data thread, which is to know what it traces. */
  start(metrics: Metrics): void {
    this.#otlp = openOtlp(processEnvironment.get, {
      version: VERSION,
      clock: systemClock,
      random: systemRandom,
      log: this.log,
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
