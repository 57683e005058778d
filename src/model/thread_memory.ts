import { COUNTER_ROW } from "./board.ts";
import { HISTOGRAM_ROW } from "./histograms.ts";

/**
 * The memory of one data thread, which it alone writes: a row of counters for each slot, and behind all of them a row of
 * histograms for each slot. So what counts bytes and what counts times do not share cache lines, and a row of histograms
 * that nobody counts in costs nothing.
 */
export class ThreadMemory {
  /** Slots that it has rows for. */
  readonly slots: number;

  constructor(
    /** All of it; counters are where `Board.counter` says. */
    readonly values: Float64Array,
  ) {
    this.slots = values.length / (COUNTER_ROW + HISTOGRAM_ROW);
  }

  /** Memory for so many slots, all zero; to be sent to the thread. */
  static allocate(slots: number): Float64Array<SharedArrayBuffer> {
    const bytes = slots * (COUNTER_ROW + HISTOGRAM_ROW) * Float64Array.BYTES_PER_ELEMENT;
    return new Float64Array(new SharedArrayBuffer(bytes));
  }

  /** Where the histograms of a slot begin, in a memory for so many slots. */
  static histograms(slots: number, slot: number): number {
    return slots * COUNTER_ROW + slot * HISTOGRAM_ROW;
  }

  /** Where the histograms of a slot begin. */
  histograms(slot: number): number {
    return ThreadMemory.histograms(this.slots, slot);
  }
}
