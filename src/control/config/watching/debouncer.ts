import type { Clock } from "../../../base/clock.ts";

/** How a {@link Debouncer} waits. */
export interface DebouncerOptions {
  /** Calls back when nothing was triggered for this long. */
  readonly quietMs: number;
  /** ... but at the latest this long after the first trigger, so that constant triggers cannot starve it. */
  readonly maxDelayMs: number;
}

/** Folds bursts of triggers into one callback. */
export class Debouncer {
  #firstAt = 0;
  #cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly options: DebouncerOptions,
    private readonly callback: () => void,
  ) {}

  /** Notes that something happened. */
  trigger(): void {
    const now = this.clock.now();
    if (this.#cancel === null) this.#firstAt = now;
    this.#cancel?.();
    const delayMs = Math.min(this.options.quietMs, this.#firstAt + this.options.maxDelayMs - now);
    this.#cancel = this.clock.timer(Math.max(0, delayMs), () => {
      this.#cancel = null;
      this.callback();
    });
  }

  /** Forgets what was triggered. */
  cancel(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
