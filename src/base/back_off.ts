/** Pauses that double from failure to failure, up to a longest one. */
export class BackOff {
  #nextMs: number;

  /** @param minMs first pause. @param maxMs longest pause. */
  constructor(private readonly minMs: number, private readonly maxMs: number) {
    this.#nextMs = minMs;
  }

  /** The pause after one more failure, milliseconds. */
  next(): number {
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(this.maxMs, pauseMs * 2);
    return pauseMs;
  }

  /** Begins anew with the first pause. */
  reset(): void {
    this.#nextMs = this.minMs;
  }
}
