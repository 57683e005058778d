import type { Clock } from "../../base/clock.ts";

/** Calls back every so often from {@link start} to {@link stop}; starting twice is harmless. */
export class Ticker {
  #cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Pick<Clock, "timer">,
    private readonly intervalMs: number,
    private readonly onTick: () => void,
  ) {}

  start(): void {
    if (this.#cancel === null) this.#next();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #next(): void {
    this.#cancel = this.clock.timer(this.intervalMs, () => {
      this.#next();
      this.onTick();
    });
  }
}
