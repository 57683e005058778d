import { createHistogram } from "node:perf_hooks";

/** The percentiles that reports show. */
export const PERCENTILES = [50, 75, 90, 95, 99, 99.9, 99.99] as const;

/** Times of many requests in figures; all zero where there were none. Plain data. */
export interface TimeSummary {
  readonly count: number;
  readonly minMs: number;
  readonly meanMs: number;
  readonly maxMs: number;
  readonly stddevMs: number;
  /** Milliseconds by name: `p50` to `p99.99`, see {@link PERCENTILES}. */
  readonly percentilesMs: Readonly<Record<string, number>>;
}

/** How many times lay in one range. Plain data. */
export interface TimeBar {
  /** Above this; the first bar includes it. */
  readonly fromMs: number;
  /** Up to this, included. */
  readonly toMs: number;
  readonly count: number;
}

const NS_PER_MS = 1e6;
/** An hour: longer than any time-out that makes sense. */
const HIGHEST_NS = 3600e9;

/**
 * Collects times by the hundred thousand a second, in memory that does not grow: an HDR histogram (hdrhistogram.org)
 * of three significant digits over nanoseconds. Mean, minimum and maximum are exact, the rest within 0.1 %.
 */
export class TimeStats {
  readonly #histogram = createHistogram({ lowest: 1, highest: HIGHEST_NS, figures: 3 });
  #sumMs = 0;
  #minMs = Infinity;
  #maxMs = 0;

  /** @param ms 0 or more; a clock that went backwards counts as 0. */
  record(ms: number): void {
    const timeMs = Math.max(0, ms);
    this.#sumMs += timeMs;
    if (timeMs < this.#minMs) this.#minMs = timeMs;
    if (timeMs > this.#maxMs) this.#maxMs = timeMs;
    this.#histogram.record(Math.min(HIGHEST_NS, Math.max(1, Math.round(timeMs * NS_PER_MS))));
  }

  get count(): number {
    return this.#histogram.count;
  }

  /** The time that `percent` of all times do not exceed. */
  percentileMs(percent: number): number {
    if (this.count === 0) return 0;
    // A bucket's upper edge may lie above the largest time in it.
    return Math.min(toNs(this.#maxMs), this.#histogram.percentile(percent) / NS_PER_MS);
  }

  summary(): TimeSummary {
    const count = this.count;
    return {
      count,
      minMs: count === 0 ? 0 : toNs(this.#minMs),
      meanMs: count === 0 ? 0 : toNs(this.#sumMs / count),
      maxMs: toNs(this.#maxMs),
      stddevMs: count === 0 ? 0 : toNs(this.#histogram.stddev / NS_PER_MS),
      percentilesMs: Object.fromEntries(
        PERCENTILES.map((percent) => [`p${percent}`, this.percentileMs(percent)]),
      ),
    };
  }

  /**
   * The times in ranges of equal, round width up to about the 99th percentile, and one last range for all above.
   * @param most bars, 2 or more.
   */
  bars(most: number): TimeBar[] {
    if (this.count === 0) return [];
    const top = this.percentileMs(99);
    const width = roundUp((top - this.#minMs) / (most - 2));
    const bars: TimeBar[] = [];
    let fromMs = Math.floor(this.#minMs / width) * width;
    let below = 0;
    while (fromMs < top) {
      // Multiplying keeps the edges round where adding up would not.
      const toMs = (Math.round(fromMs / width) + 1) * width;
      const upTo = this.#countUpTo(toMs);
      bars.push({ fromMs: toNs(fromMs), toMs: toNs(toMs), count: upTo - below });
      below = upTo;
      fromMs = toMs;
    }
    if (below < this.count) bars.push({ fromMs: toNs(fromMs), toMs: this.#maxMs, count: this.count - below });
    return bars;
  }

  /** The histogram tells the time at a rank; the rank of a time is found by bisection. */
  #countUpTo(ms: number): number {
    let least = 0;
    let most = this.count;
    while (least < most) {
      const rank = Math.ceil((least + most) / 2);
      if (this.percentileMs((100 * (rank - 0.5)) / this.count) <= ms) least = rank;
      else most = rank - 1;
    }
    return least;
  }
}

/** Rounds away what binary fractions add. */
function toNs(ms: number): number {
  return Math.round(ms * NS_PER_MS) / NS_PER_MS;
}

/** The next of 1, 2, 5, 10, 20, ... times a power of ten; a microsecond at least. */
function roundUp(ms: number): number {
  const least = Math.max(ms, 0.001);
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least) ?? 10;
  return factor * power;
}
