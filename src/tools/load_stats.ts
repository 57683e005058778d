import { type Failure, type FailureKind } from "./failure.ts";
import { type TimeBar, TimeStats, type TimeSummary } from "./time_stats.ts";

/** Counts of a load run, while it runs. Plain data. */
export interface LoadProgress {
  /** Since the first request, milliseconds. */
  readonly elapsedMs: number;
  readonly completed: number;
  readonly failed: number;
}

/** Requests of one kind of failure. Plain data. */
export interface FailureCount {
  readonly kind: FailureKind;
  readonly count: number;
  /** The detail of the first of them. */
  readonly detail: string;
}

/** What a load run came to. Plain data. */
export interface LoadSummary extends LoadProgress {
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Connections that were opened. */
  readonly connections: number;
  /** Time to open a connection. */
  readonly dial: TimeSummary;
  /** Time until the system had taken a request. */
  readonly write: TimeSummary;
  /** Time from there to the last byte of the reply. */
  readonly read: TimeSummary;
  /** Time from the start of a request, in open loop from its intended start, to the last byte of the reply. */
  readonly response: TimeSummary;
  /** Response times in ranges. */
  readonly histogram: readonly TimeBar[];
  /** Most frequent first. */
  readonly failures: readonly FailureCount[];
  /** Answered requests of each sample, see {@link SAMPLE_MS}; the last one may be shorter. */
  readonly throughput: readonly number[];
  /** Share of its thread's time that the generator used the processor, 0 to 1. Near 1 it measures itself. */
  readonly generatorBusy: number;
}

/** Length of one sample of the throughput. */
export const SAMPLE_MS = 100;

const HISTOGRAM_BARS = 16;

/** Collects what a load run counts and measures. */
export class LoadStats {
  readonly dial: TimeStats = new TimeStats();
  readonly write: TimeStats = new TimeStats();
  readonly read: TimeStats = new TimeStats();
  readonly response: TimeStats = new TimeStats();
  completed = 0;
  failed = 0;
  bytesSent = 0;
  bytesReceived = 0;
  readonly #failures = new Map<FailureKind, { kind: FailureKind; count: number; detail: string }>();
  readonly #samples: number[] = [];

  /** Counts a request without a good reply. */
  fail(failure: Failure): void {
    this.failed += 1;
    const entry = this.#failures.get(failure.kind) ?? { ...failure, count: 0 };
    entry.count += 1;
    this.#failures.set(failure.kind, entry);
  }

  /** Counts a request that was answered, `elapsedMs` after the first one's start. */
  complete(elapsedMs: number): void {
    this.completed += 1;
    const sample = Math.max(0, Math.floor(elapsedMs / SAMPLE_MS));
    while (this.#samples.length <= sample) this.#samples.push(0);
    this.#samples[sample] = (this.#samples[sample] ?? 0) + 1;
  }

  summary(elapsedMs: number, generatorBusy: number): LoadSummary {
    return {
      elapsedMs,
      completed: this.completed,
      failed: this.failed,
      bytesSent: this.bytesSent,
      bytesReceived: this.bytesReceived,
      connections: this.dial.count,
      dial: this.dial.summary(),
      write: this.write.summary(),
      read: this.read.summary(),
      response: this.response.summary(),
      histogram: this.response.bars(HISTOGRAM_BARS),
      failures: [...this.#failures.values()].sort((a, b) => b.count - a.count),
      throughput: this.#samples,
      generatorBusy,
    };
  }
}
