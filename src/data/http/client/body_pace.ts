/** The average pace counts after this time at the earliest, milliseconds. */
const MIN_GRACE_MS = 10_000;

/** How slowly a request's body may come. */
export interface PaceLimits {
  /** Longest pause, milliseconds; 0 for any. */
  readonly bodyTimeoutMs: number;
  /** Slowest average, bytes a second; 0 for any. */
  readonly minBodyRate: number;
}

/**
 * Watches the pace of one request's body. Time in which the client was held back does not count: it is the endpoint's.
 * All times are milliseconds on one monotonic clock.
 */
export class BodyPace {
  #bytes = 0;
  #lastAt: number;
  #heldSince: number | null = null;
  /** Where the average begins: moved on by the time in which the client was held back. */
  #startedAt: number;

  constructor(private readonly limits: PaceLimits, now: number) {
    this.#startedAt = now;
    this.#lastAt = now;
  }

  /** When the client will have been too slow unless more comes; `Infinity` while it is held back. */
  get deadline(): number {
    if (this.#heldSince !== null) return Infinity;
    const { bodyTimeoutMs, minBodyRate } = this.limits;
    const pauseAt = bodyTimeoutMs > 0 ? this.#lastAt + bodyTimeoutMs : Infinity;
    if (minBodyRate === 0) return pauseAt;
    const graceMs = Math.max(bodyTimeoutMs, MIN_GRACE_MS);
    return Math.min(pauseAt, this.#startedAt + Math.max(graceMs, this.#bytes * 1000 / minBodyRate));
  }

  /** Bytes came. */
  onBytes(count: number, now: number): void {
    this.#bytes += count;
    this.#lastAt = now;
  }

  /** The client is held back, or may send again. */
  hold(isHeld: boolean, now: number): void {
    if (isHeld) this.#heldSince ??= now;
    else if (this.#heldSince !== null) {
      this.#startedAt += now - this.#heldSince;
      this.#lastAt = now;
      this.#heldSince = null;
    }
  }
}
