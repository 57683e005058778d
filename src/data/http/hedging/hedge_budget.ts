/** Hedges that may come at once when none was needed for a while. */
const DEFAULT_BURST = 10;

/**
 * Keeps hedges to a share of the requests ("The Tail at Scale", Dean and Barroso, 2013: about 5 % more load for most of
 * the gain). Each request puts that share into a bucket, each hedge takes one out; so a backend that becomes slow as a
 * whole gets no more than this on top.
 */
export class HedgeBudget {
  /** Hedges that were wished for and not granted. */
  refused = 0;
  readonly #share: number;
  readonly #burst: number;
  #tokens = 0;

  /**
   * @param maxExtraLoad hedges a request, 0 to 1: 0.05 for 5 %.
   * @param burst most that the bucket holds, at least 1.
   * @throws {RangeError} when either is outside.
   */
  constructor(maxExtraLoad: number, burst = DEFAULT_BURST) {
    if (!(maxExtraLoad >= 0 && maxExtraLoad <= 1)) {
      throw new RangeError(`Bad hedge budget: max_extra_load is ${maxExtraLoad}, wanted 0 to 1`);
    }
    if (!(burst >= 1)) throw new RangeError(`Bad hedge budget: burst is ${burst}, wanted at least 1`);
    this.#share = maxExtraLoad;
    this.#burst = burst;
  }

  /** Counts a client's request. */
  onRequest(): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + this.#share);
  }

  /** Whether one more hedge may be sent now; it is paid for when this is true. */
  take(): boolean {
    // Shares such as 0.05 do not add up exactly: twenty of them must buy one.
    if (this.#tokens < 1 - 1e-9) {
      this.refused++;
      return false;
    }
    this.#tokens -= 1;
    return true;
  }
}
