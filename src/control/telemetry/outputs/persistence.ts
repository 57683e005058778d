import { BackOff } from "../../../base/back_off.ts";
import type { Clock } from "../../../base/clock.ts";
import { OUTPUT_RETRY_MAX_MS, OUTPUT_RETRY_MIN_MS } from "../../../base/limits.ts";
import type { SinkReports } from "./sink.ts";

/** Why work fails that {@link Persistence.close} ended. */
const CLOSED = new Error("closed");

/** Does work until it succeeds, with growing pauses in between: what waits for it is bounded elsewhere. */
export class Persistence {
  readonly #backOff = new BackOff(OUTPUT_RETRY_MIN_MS, OUTPUT_RETRY_MAX_MS);
  #isClosed = false;
  /** Ends what is waited for. */
  #abort: () => void = () => {};

  constructor(
    private readonly clock: Pick<Clock, "timer">,
    private readonly reports: Pick<SinkReports, "failed" | "worked">,
  ) {}

  /**
   * Does the work once or more often. One call at a time.
   * @throws only when it is closed, what is under way then included.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await this.#abortable(work);
        this.#backOff.reset();
        this.reports.worked();
        return result;
      } catch (error) {
        if (this.#isClosed) throw error;
        this.reports.failed(error);
        await this.#pause();
      }
    }
  }

  /** Gives up. Twice is harmless. */
  close(): void {
    this.#isClosed = true;
    this.#abort();
  }

  /** A write to a peer that reads nothing never ends by itself. */
  #abortable<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(CLOSED);
      this.#abort = () => reject(CLOSED);
      work().then(resolve, reject);
    });
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.clock.timer(this.#backOff.next(), resolve);
    this.#abort = resolve;
    await promise;
    cancel();
  }
}
