import { Board, DEFAULT_SLOTS } from "../../model/board.ts";
import { type Histogram, HISTOGRAM_ROW } from "../../model/histograms.ts";
import { ThreadMemory } from "../../model/thread_memory.ts";

/** What was counted of a time, over all threads. */
export interface HistogramTotals {
  /** By bucket, each for itself; the last is that above all bounds. */
  readonly buckets: readonly number[];
  readonly sumMs: number;
}

/**
 * What the counters of all data threads come to, those of threads that are gone included. Each thread counts in a memory
 * of its own; reading adds them up.
 */
export class CounterTotals {
  /** Of all threads, and {@link #gone}. */
  readonly #memories = new Set<Float64Array>();
  /** What threads counted that are gone, null before the first is. */
  #gone: Float64Array | null = null;

  /**
   * @param slots that the board has.
   * @param used slots from this one on were never used; all may have been, unless given.
   */
  constructor(
    private readonly slots: number = DEFAULT_SLOTS,
    private readonly used: () => number = () => slots,
  ) {}

  /** Slots from this one on were never used. */
  get usedSlots(): number {
    return this.used();
  }

  /** The counters of a new thread, all zero. */
  open(): Float64Array<SharedArrayBuffer> {
    const counters = ThreadMemory.allocate(this.slots);
    this.#memories.add(counters);
    return counters;
  }

  /** The thread is gone: what it counted stays. Twice is harmless. */
  close(counters: Float64Array): void {
    if (!this.#memories.delete(counters)) return;
    this.#memories.add(this.#gone ??= ThreadMemory.allocate(this.slots));
    const used = this.used();
    addUp(counters, this.#gone, 0, Board.counter(used, 0));
    addUp(counters, this.#gone, this.#histograms(0), this.#histograms(used));
  }

  /** A slot's counter, over all threads. */
  sum(slot: number, counter: number): number {
    const at = Board.counter(slot, counter);
    let total = 0;
    for (const counters of this.#memories) total += counters[at] ?? 0;
    return total;
  }

  /** Several of a slot's counters, over all threads. @param into gets them in their order. */
  sums(slot: number, counters: readonly number[], into: number[]): void {
    const start = Board.counter(slot, 0);
    for (let at = 0; at < counters.length; at++) into[at] = 0;
    for (const memory of this.#memories) {
      for (let at = 0; at < counters.length; at++) into[at]! += memory[start + counters[at]!] ?? 0;
    }
  }

  /** The buckets of a slot's histogram, over all threads. @param into gets them. */
  buckets(slot: number, { boundsMs, offset }: Histogram, into: number[]): void {
    const start = this.#histograms(slot) + offset;
    for (let at = 0; at <= boundsMs.length; at++) into[at] = 0;
    for (const memory of this.#memories) {
      for (let at = 0; at <= boundsMs.length; at++) into[at]! += memory[start + at] ?? 0;
    }
  }

  /** A slot's histogram, over all threads. */
  histogram(slot: number, { boundsMs, offset }: Histogram): HistogramTotals {
    const buckets = new Array<number>(boundsMs.length + 1).fill(0);
    const start = this.#histograms(slot) + offset;
    let sumMs = 0;
    for (const counters of this.#memories) {
      for (let at = 0; at < buckets.length; at++) buckets[at]! += counters[start + at] ?? 0;
      sumMs += counters[start + buckets.length] ?? 0;
    }
    return { buckets, sumMs };
  }

  /** Zeroes a slot's counters and histograms for a new owner. Only while no thread uses it. */
  clear(slot: number): void {
    const histograms = this.#histograms(slot);
    for (const counters of this.#memories) {
      zero(counters.subarray(Board.counter(slot, 0), Board.counter(slot + 1, 0)));
      zero(counters.subarray(histograms, histograms + HISTOGRAM_ROW));
    }
  }

  /** Where the histograms of a slot begin. */
  #histograms(slot: number): number {
    return ThreadMemory.histograms(this.slots, slot);
  }
}

/** Adds what one memory counted to another. */
function addUp(counters: Float64Array, into: Float64Array, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const value = counters[at] ?? 0;
    // Writing commits a page, reading does not.
    if (value !== 0) into[at] = (into[at] ?? 0) + value;
  }
}

/** Writing commits a page, reading does not. */
function zero(row: Float64Array): void {
  if (row.some((value) => value !== 0)) row.fill(0);
}
