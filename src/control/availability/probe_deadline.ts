import type { Clock } from "../../base/clock.ts";

/**
 * The time of one probe. Nothing of it is made before the probe has to wait: of a thousand probes a second most are over at
 * once.
 */
export class ProbeDeadline<T> {
  #abort: AbortController | null = null;
  #cancel = (): void => {};
  readonly #late: PromiseWithResolvers<T> = Promise.withResolvers();

  /** @param late what a probe gives that has no result in time. */
  constructor(
    private readonly clock: Pick<Clock, "timer">,
    private readonly timeoutMs: number,
    private readonly late: () => T,
  ) {}

  /** Aborted when the time is up, which begins to run with the first use. */
  get signal(): AbortSignal {
    if (this.#abort !== null) return this.#abort.signal;
    const abort = this.#abort = new AbortController();
    this.#cancel = this.clock.timer(this.timeoutMs, () => {
      this.#late.resolve(this.late());
      // Deno loses the descriptor when the signal comes after the connection is made and before its promise has run its
      // course. A microtask later that is over.
      queueMicrotask(() => abort.abort());
    });
    return abort.signal;
  }

  /** The result of the probe, or that it is late. */
  async race(result: Promise<T>): Promise<T> {
    if (this.#abort === null) return await result;
    try {
      return await Promise.race([result, this.#late.promise]);
    } finally {
      this.#cancel();
    }
  }
}
