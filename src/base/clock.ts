/** Source of time. Everything that waits takes one, so that tests can own it; only this file touches the real one. */
export interface Clock {
  /** Milliseconds, monotonic, from an arbitrary start. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  wallTime(): number;
  /** Calls back once after `delayMs`; the returned function cancels it (twice, or late, is harmless). */
  timer(delayMs: number, callback: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  timer(delayMs, callback): () => void {
    const id = setTimeout(callback, delayMs);
    return () => clearTimeout(id);
  },
};

/** Resolves after `delayMs` on the given clock. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.timer(delayMs, resolve));
}
