/**
 * The board: one `SharedArrayBuffer` that control and data threads read and write without messages.
 *
 * Three regions:
 * - **header**: `Int32` words of the whole process;
 * - **shared words**: per slot a few `Int32` words that several threads change by atomic operations;
 * - **counters**: per thread and slot a row of `Float64` counters that this thread alone writes. Control sums the rows.
 *
 * A slot belongs to one app, listener or target. Rows are grouped by thread, so two threads never write to the same
 * cache line. Counters are plain `Float64` stores: exact to 2^53, and an aligned 8-byte store does not tear on the
 * 64-bit machines that Deno runs on.
 */

/** `Int32` words of the header. */
export const Header = {
  /** Client connections open in the process. */
  openConnections: 0,
  /** Most client connections at once in the process; 0 for no limit. */
  maxConnections: 1,
  /** Slot of time in which a failing accept may be tried again, 0 while accepting works. */
  acceptGate: 2,
  /** Data threads started so far: each takes the next number, so that no two ever share session ids. */
  threadStarts: 3,
  /** Wall-clock millisecond (modulo 2^32) at which some thread last logged that accepting fails, ... */
  acceptLoggedAt: 4,
  /** ... and that the connection cap is reached. */
  capLoggedAt: 5,
} as const;

/** `Int32` words of a slot. */
export const Shared = {
  /** Shared position of a rotating strategy. */
  cursor: 0,
  /** Connections open now, over all threads. */
  active: 1,
  /** Health: 0 unknown, 1 up, 2 down, 3 ejected. */
  health: 2,
  /** Operator state: 0 ready, 1 drain, 2 maint. */
  admin: 3,
  /** As `cursor`, for the backup targets, so that neither group's turns disturb the other's. */
  backupCursor: 4,
  /**
   * Of a target or listener: wall-clock millisecond (modulo 2^32) at which some thread last logged that TLS to it, or with
   * a client of it, failed.
   */
  tlsLoggedAt: 5,
} as const;

/** `Float64` counters of a slot and thread; which of them count depends on what the slot belongs to. */
export const Counter = {
  connections: 0,
  active: 1,
  bytesIn: 2,
  bytesOut: 3,
  connectAttempts: 4,
  connectFailures: 5,
  retries: 6,
  acceptErrors: 7,
  /** HTTP requests of an app; requests sent to a target. */
  requests: 8,
  /** First of five: final answers by the hundred of their status, 1xx (that is 101) to 5xx. */
  answers: 9,
  /** Requests sent to one more target because the earlier one was slow, ... */
  hedgesSent: 14,
  /** ... those whose answer was the first, ... */
  hedgesWon: 15,
  /** ... and those that were not sent, since the budget was used up. */
  hedgeBudgetExhausted: 16,
  /** First of one counter for each close reason, in the order of `CLOSE_REASONS`. The last, so that it can grow. */
  closed: 17,
} as const;

const HEADER_WORDS = 64;
const SHARED_WORDS = 8;
/** Counters a row, a power of two; a row is four cache lines. */
const ROW = 32;
/** Slots that fit: apps + listeners + targets at once, those still draining included. */
export const MAX_SLOTS = 16_384;
/** Data threads that fit at once, retired ones that still drain included. */
export const MAX_THREADS = 64;

/** Typed views over the board's memory. */
export class Board {
  /** Header and shared words. */
  readonly words: Int32Array;
  readonly #counters: Float64Array;

  constructor(
    /** The memory, to be sent to a data thread. Pages are committed by the kernel when first touched. */
    readonly buffer: SharedArrayBuffer,
  ) {
    const words = HEADER_WORDS + MAX_SLOTS * SHARED_WORDS;
    this.words = new Int32Array(buffer, 0, words);
    this.#counters = new Float64Array(buffer, words * 4);
  }

  /** A board of zeros. */
  static allocate(): Board {
    const bytes = (HEADER_WORDS + MAX_SLOTS * SHARED_WORDS) * 4 + MAX_THREADS * MAX_SLOTS * ROW * 8;
    return new Board(new SharedArrayBuffer(bytes));
  }

  /** Index in {@link words} of a slot's shared word. */
  static word(slot: number, word: number): number {
    return HEADER_WORDS + slot * SHARED_WORDS + word;
  }

  /** Index of a counter in a thread's own counters. */
  static counter(slot: number, counter: number): number {
    return slot * ROW + counter;
  }

  /** The counters that one thread writes, indexed by {@link Board.counter}. */
  counters(thread: number): Float64Array {
    return this.#counters.subarray(thread * MAX_SLOTS * ROW, (thread + 1) * MAX_SLOTS * ROW);
  }

  /** A counter summed over all threads. */
  sum(slot: number, counter: number): number {
    let total = 0;
    for (let at = slot * ROW + counter; at < this.#counters.length; at += MAX_SLOTS * ROW) {
      total += this.#counters[at] ?? 0;
    }
    return total;
  }

  /** Zeroes a slot for a new owner. Only while no thread uses it. */
  clear(slot: number): void {
    this.words.fill(0, Board.word(slot, 0), Board.word(slot + 1, 0));
    for (let at = slot * ROW; at < this.#counters.length; at += MAX_SLOTS * ROW) {
      const row = this.#counters.subarray(at, at + ROW);
      // Writing commits the page, reading does not: rows that no thread ever used stay free of charge.
      if (row.some((value) => value !== 0)) row.fill(0);
    }
  }
}
