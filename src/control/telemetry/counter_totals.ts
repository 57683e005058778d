import { allocateCounters, Board, MAX_SLOTS } from "../../model/board.ts";

/**
 * What the counters of all data threads come to, those of threads that are gone included. Each thread counts in a memory
 * of its own; reading adds them up.
 */
export class CounterTotals {
  readonly #threads = new Set<Float64Array>();
  /** What threads counted that are gone. */
  readonly #gone: Float64Array;

  constructor(private readonly slots: number = MAX_SLOTS) {
    this.#gone = new Float64Array(allocateCounters(slots));
  }

  /** The counters of a new thread, all zero. */
  open(): Float64Array<SharedArrayBuffer> {
    const counters = new Float64Array(allocateCounters(this.slots));
    this.#threads.add(counters);
    return counters;
  }

  /** The thread is gone: what it counted stays. Twice is harmless. */
  close(counters: Float64Array): void {
    if (!this.#threads.delete(counters)) return;
    for (let at = 0; at < counters.length; at++) {
      const value = counters[at] ?? 0;
      // Writing commits a page, reading does not.
      if (value !== 0) this.#gone[at] = (this.#gone[at] ?? 0) + value;
    }
  }

  /** A slot's counter, over all threads. */
  sum(slot: number, counter: number): number {
    const at = Board.counter(slot, counter);
    let total = this.#gone[at] ?? 0;
    for (const counters of this.#threads) total += counters[at] ?? 0;
    return total;
  }

  /** Zeroes a slot's counters for a new owner. Only while no thread uses it. */
  clear(slot: number): void {
    const [start, end] = [Board.counter(slot, 0), Board.counter(slot + 1, 0)];
    for (const counters of [this.#gone, ...this.#threads]) {
      const row = counters.subarray(start, end);
      if (row.some((value) => value !== 0)) row.fill(0);
    }
  }
}
