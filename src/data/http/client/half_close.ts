/** A client that sent its FIN is asked for a sign of life after this long, then after twice as long each time. */
const FIRST_PROBE_MS = 200;

/**
 * Watches a client that sent its FIN while its answer is awaited. Whether it only has nothing more to say or is gone
 * shows when something is sent to it: the kernel of one that is gone answers by an RST. Before the final head a 100 can
 * be sent, which every client throws away (RFC 9110 section 15.2.1). Times are `engine.now()`.
 */
export class HalfClose {
  #probeAt: number;
  #pauseMs = FIRST_PROBE_MS;

  /** @param timeoutMs longest silence where the client cannot be asked, 0 for any. */
  constructor(private readonly endedAt: number, private readonly timeoutMs: number) {
    this.#probeAt = endedAt + FIRST_PROBE_MS;
  }

  /**
   * When the client is to be asked, or taken for gone where it cannot be.
   * @param lastByteAt of the answer that it gets.
   */
  deadline(mayProbe: boolean, lastByteAt: number): number {
    if (mayProbe) return this.#probeAt;
    return this.timeoutMs === 0 ? Infinity : Math.max(this.endedAt, lastByteAt) + this.timeoutMs;
  }

  /** The client was asked. */
  probed(now: number): void {
    this.#probeAt = now + this.#pauseMs;
    this.#pauseMs *= 2;
  }
}
