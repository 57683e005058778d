/** What an {@link AnswerTimes} keeps. */
export interface AnswerTimesOptions {
  /** Times older than two of these no longer count; above 0, milliseconds. */
  readonly windowMs: number;
  /** Fewer times than this give no estimate, at least 1. */
  readonly minSamples: number;
}

/** Half a minute and 20 times: a slow backend is believed soon, one slow answer is not. */
export const DEFAULT_ANSWER_TIMES: AnswerTimesOptions = { windowMs: 30_000, minSamples: 20 };

/** Shortest time that is told apart, milliseconds. */
const MIN_MS = 0.05;
/** Each bucket's upper end over its lower end: an estimate is off by less than what is above 1. */
const GROWTH = 1.02;
const LOG_GROWTH = Math.log(GROWTH);
/** Up to 200 s. */
const BUCKETS = 1 + Math.ceil(Math.log(200_000 / MIN_MS) / LOG_GROWTH);

/**
 * Quantiles of recent answer times, from a histogram with logarithmic buckets over two windows of which the older is
 * dropped whole. Recording costs a logarithm and an addition, memory is about 6 KiB, an estimate is at most 2 % off.
 *
 * An attempt that was given up because another answered first must be recorded too, with the time it had run: it is
 * among the slow ones, and without it the quantile that triggers hedging would sink below itself with every hedge.
 */
export class AnswerTimes {
  readonly #options: AnswerTimesOptions;
  #current = new Uint32Array(BUCKETS);
  #previous = new Uint32Array(BUCKETS);
  #currentCount = 0;
  #previousCount = 0;
  #windowEnd: number;

  /** @param now milliseconds on a monotonic clock, as in the later calls. */
  constructor(now: number, options: AnswerTimesOptions = DEFAULT_ANSWER_TIMES) {
    this.#options = options;
    this.#windowEnd = now + options.windowMs;
  }

  /** Times that count now. */
  count(now: number): number {
    this.#rotate(now);
    return this.#currentCount + this.#previousCount;
  }

  /** Counts an answer that took `durationMs`. */
  record(durationMs: number, now: number): void {
    this.#rotate(now);
    const bucket = bucketOf(durationMs);
    this.#current[bucket] = this.#current[bucket]! + 1;
    this.#currentCount++;
  }

  /**
   * The time that a share of the answers stayed within, milliseconds, or null while too few are known. Takes about a
   * microsecond: to be asked for now and then, not for each request.
   * @param share above 0, at most 1: 0.95 for p95.
   */
  quantile(share: number, now: number): number | null {
    const count = this.count(now);
    if (count < this.#options.minSamples) return null;
    const rank = Math.max(1, Math.ceil(share * count));
    let below = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const inside = this.#current[bucket]! + this.#previous[bucket]!;
      // Within a bucket by rank: where answers lie close together, its width would be many of them.
      if (below + inside >= rank) return valueIn(bucket, (rank - below - 0.5) / inside);
      below += inside;
    }
    return null;
  }

  #rotate(now: number): void {
    if (now < this.#windowEnd) return;
    const oldest = this.#previous;
    this.#previous = this.#current;
    this.#previousCount = this.#currentCount;
    this.#current = oldest.fill(0);
    this.#currentCount = 0;
    // After a pause of a whole window the times before it are old as well.
    if (now - this.#windowEnd >= this.#options.windowMs) {
      this.#previous.fill(0);
      this.#previousCount = 0;
    }
    this.#windowEnd = now + this.#options.windowMs;
  }
}

function bucketOf(durationMs: number): number {
  if (!(durationMs > MIN_MS)) return 0;
  return Math.min(BUCKETS - 1, 1 + Math.floor(Math.log(durationMs / MIN_MS) / LOG_GROWTH));
}

/** The value at a part, 0 to 1, of a bucket's width. */
function valueIn(bucket: number, part: number): number {
  return bucket === 0 ? MIN_MS : MIN_MS * GROWTH ** (bucket - 1 + part);
}
