import type { Clock } from "../../../base/clock.ts";
import { type Histogram, observe } from "../../../model/histograms.ts";
import type { HistogramTotals } from "../counter_totals.ts";

/** How often the event loop is timed. */
const INTERVAL_MS = 1_000;

const DELAY: Histogram = { boundsMs: [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500], offset: 0 };

/**
 * Times the event loop of its thread: how late a timer fires that is set once a second. Ten times a second would cost half
 * a percent of a processor.
 */
export class LoopDelay {
  readonly boundsMs = DELAY.boundsMs;
  readonly #values = new Float64Array(DELAY.boundsMs.length + 2);
  #cancel: () => void = () => {};

  constructor(private readonly clock: Pick<Clock, "now" | "timer">) {}

  /** Begins. Once. */
  start(): void {
    const dueAt = this.clock.now() + INTERVAL_MS;
    this.#cancel = this.clock.timer(INTERVAL_MS, () => {
      observe(this.#values, 0, DELAY, Math.max(0, this.clock.now() - dueAt));
      this.start();
    });
  }

  /** Times no more. */
  close(): void {
    this.#cancel();
  }

  /** What was found since the start. */
  get totals(): HistogramTotals {
    return { buckets: [...this.#values.subarray(0, -1)], sumMs: this.#values.at(-1) ?? 0 };
  }
}
