import { Board, Counter, Shared } from "../model/board.ts";
import { CLOSE_REASONS } from "../model/close_reason.ts";
import type { CloseReason } from "../model/close_reason.ts";
import { type Histogram, observe } from "../model/histograms.ts";
import { ThreadMemory } from "../model/thread_memory.ts";

const REASON_INDEX: Readonly<Record<string, number>> = Object.fromEntries(
  CLOSE_REASONS.map((reason, index) => [reason, index]),
);

/** What one data thread counts on the board: in counters of its own, and places in words that all threads share. */
export class Counters {
  readonly #memory: ThreadMemory;

  /**
   * @param words of the {@link Board}.
   * @param values this thread's memory; counters are indexed by `Board.counter`.
   */
  constructor(private readonly words: Int32Array, private readonly values: Float64Array) {
    this.#memory = new ThreadMemory(values);
  }

  /** Adds to a counter. */
  add(slot: number, counter: number, amount: number): void {
    const at = Board.counter(slot, counter);
    this.values[at] = (this.values[at] ?? 0) + amount;
  }

  /** Counts how long something of an app took. */
  took(slot: number, histogram: Histogram, ms: number): void {
    observe(this.values, this.#memory.histograms(slot), histogram, ms);
  }

  /**
   * Takes one of a slot's places. For `Place` and `ClientPlace`, which give back what they took.
   * @param limit most places over all threads, 0 for any number.
   * @returns false when all are taken; then nothing was counted.
   */
  enter(slot: number, limit: number): boolean {
    const word = Board.word(slot, Shared.taken);
    const before = Atomics.add(this.words, word, 1);
    if (limit > 0 && before >= limit) {
      Atomics.sub(this.words, word, 1);
      return false;
    }
    this.add(slot, Counter.held, 1);
    return true;
  }

  /** Gives the place back. */
  leave(slot: number): void {
    Atomics.sub(this.words, Board.word(slot, Shared.taken), 1);
    this.add(slot, Counter.held, -1);
  }

  /** Counts why a session of an app ended. */
  ended(slot: number, reason: CloseReason): void {
    this.add(slot, Counter.closed + (REASON_INDEX[reason] ?? 0), 1);
  }

  /** Counts a final answer of an app or a target. */
  answered(slot: number, status: number): void {
    // Codes above 599 are to be taken as 5xx (RFC 9110 section 15).
    this.add(slot, Counter.answers + Math.min(5, Math.floor(status / 100)) - 1, 1);
  }
}
