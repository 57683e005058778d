import type { Clock } from "../../src/base/clock.ts";

interface Pending {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until the test moves it. */
export class FakeClock implements Clock {
  #now = 0;
  #wallOffset: number;
  readonly #pending = new Set<Pending>();

  /** @param wallTime Milliseconds since the Unix epoch at the start. */
  constructor(wallTime = 1_700_000_000_000) {
    this.#wallOffset = wallTime;
  }

  /** Timers that have not fired. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#wallOffset + this.#now;
  }

  timer(delayMs: number, callback: () => void): () => void {
    const pending = { at: this.#now + Math.max(delayMs, 0), callback };
    this.#pending.add(pending);
    return () => void this.#pending.delete(pending);
  }

  /** Moves time on; timers fire in order, each at its own time, those they start included. */
  advance(byMs: number): void {
    const end = this.#now + byMs;
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      this.#pending.delete(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }

  /** Sets the wall clock forward or back, as an administrator or NTP does; `now()` goes on as before. */
  stepWallTime(byMs: number): void {
    this.#wallOffset += byMs;
  }

  #next(end: number): Pending | null {
    let first: Pending | null = null;
    for (const pending of this.#pending) {
      if (pending.at <= end && (first === null || pending.at < first.at)) first = pending;
    }
    return first;
  }
}
