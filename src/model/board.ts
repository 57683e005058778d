import { CLOSE_REASONS } from "./close_reason.ts";
import { LIMIT_NAMES } from "./limit_name.ts";

/**
 * The board: shared memory that control and data threads read and write without messages.
 *
 * - {@link Board}, one for the process: a **header** of `Int32` words, and per slot a few **shared words** that several
 *   threads change by atomic operations.
 * - **Counters**, one memory for each data thread: per slot a row of `Float64` counters that this thread alone writes.
 *   Control adds the rows of all threads up (`CounterTotals`). They come and go with their thread, so no number of threads
 *   is built in, and two threads never write to the same cache line. A counter is a plain store: exact to 2^53, and an
 *   aligned 8-byte store does not tear on the 64-bit machines that Deno runs on. Histograms are behind them, see
 *   `ThreadMemory`.
 *
 * A slot belongs to one app, listener, target or rule, the first one to the process. The kernel commits a page when it is first
 * written, so slots that nobody uses cost address space alone.
 */

/** The slot of the process itself: every client's connection counts in it. */
export const PROCESS_SLOT = 0;

/** `Int32` words of the header. */
export const Header = {
  /** Most client connections at once in the process; 0 for no limit. */
  maxConnections: 0,
  /** Slot of time in which a failing accept may be tried again, 0 while accepting works. */
  acceptGate: 1,
  /** Data threads started so far: each takes the next number, so that no two ever share session ids. */
  threadStarts: 2,
  /** Wall-clock millisecond (modulo 2^32) at which some thread last logged that accepting fails, ... */
  acceptLoggedAt: 3,
  /** ... and that the connection cap is reached. */
  capLoggedAt: 4,
  /** Bytes of access records that are under way and not written yet, over all threads, see `AccessCredit`. */
  accessWaiting: 5,
  /** Access records that data threads dropped, modulo 2^32. */
  accessDropped: 6,
  /** Grows with each change of a target's `health`, `admin` or `weight`, see `TargetWords`. */
  availabilityEpoch: 7,
  /** 1 while somebody follows access records: then they are made also where they are written nowhere. */
  accessFollowed: 8,
  /** Sessions that each data thread keeps the traces of, 0 for none. */
  tracedSessions: 9,
  /** How sessions and requests are traced for OpenTelemetry, see `tracing.ts`; 0 where they are not, ... */
  tracing: 10,
  /** ... and which share of those without a traced parent. */
  tracedShare: 11,
  /** As `accessWaiting` and `accessDropped`, of trace records. */
  tracesWaiting: 12,
  tracesDropped: 13,
} as const;

/** `Int32` words of a slot. */
export const Shared = {
  /** Of an app: shared position of a rotating strategy. Of a target: turn of its addresses. */
  cursor: 0,
  /** Places taken now, over all threads: open connections, and calls to a target. */
  taken: 1,
  /** Of a target: one of `Health` in `target_words.ts`. Change it by `TargetWords` alone, as the next one. */
  health: 2,
  /** Of a target: one of `Admin`. */
  admin: 3,
  /** As `cursor`, for the backup targets, so that neither group's turns disturb the other's. */
  backupCursor: 4,
  /**
   * Of a target or listener: wall-clock millisecond (modulo 2^32) at which some thread last logged that TLS to it, or with
   * a client of it, failed.
   */
  tlsLoggedAt: 5,
  /**
   * Of a target: as `tlsLoggedAt`, that an answer of it was refused or broke off. Of a listener: that a client of it was
   * turned away for its PROXY header.
   */
  answerLoggedAt: 6,
  /** Of a target: 0 where its weight is the configured one, else the effective one, see `TargetWords`, plus 1. */
  weight: 7,
  /** Of a target: estimate of its time for `least_latency`, microseconds; 0 for none, ... */
  latency: 8,
  /** ... and the wall-clock millisecond (modulo 2^32) when it was made. */
  latencyAt: 9,
  /**
   * Of a target with outlier detection, over all threads: connects that failed in a row, ...
   */
  fails: 10,
  /** ... requests in a row that were answered with a 5xx or not at all, ... */
  serverErrors: 11,
  /** ... and of those the ones that a gateway would have caused. */
  gatewayErrors: 12,
  /** Of an app: how many of its targets are ejected. Change it by `Ejections` alone, as the next one. */
  ejected: 13,
  /** Of a target: why it was ejected last, an index of `EJECTION_CAUSES`. */
  ejectionCause: 14,
  /** Of a rule, or of an app with a script as its strategy: as `tlsLoggedAt`, that it failed. */
  strategyLoggedAt: 15,
} as const;

/** `Float64` counters of a slot and thread; which of them count depends on what the slot belongs to. */
export const Counter = {
  connections: 0,
  /** Places that sessions of this thread hold: its share of {@link Shared.taken}. */
  held: 1,
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
  /** Of the process: bytes of access records that were sent to control. */
  accessBytes: 17,
  /** Of a target: requests that it got and did not answer. */
  unanswered: 18,
  /** Of a rule: conditions that had no value. What it gave a target, or turned away, is in `connections`. */
  ruleFailures: 19,
  /** Of an app: how often the script of its strategy failed. */
  scriptFailures: 20,
  /** Of the process: bytes of trace records that were sent to control. */
  traceBytes: 21,
  /** Of an app: first of one for each of `LIMIT_NAMES`, clients that were turned away for it, ... */
  limitRefused: 22,
  /** ... and those that would have been, were it no dry run. */
  limitExceeded: 22 + LIMIT_NAMES.length,
  /** First of one counter for each close reason, in the order of `CLOSE_REASONS`. The last, so that it can grow. */
  closed: 22 + 2 * LIMIT_NAMES.length,
} as const;

const HEADER_WORDS = 64;
/** Words a slot: a power of two, so that a slot never spans two cache lines. */
const SHARED_WORDS = powerOfTwo(Math.max(...Object.values(Shared)) + 1);
/** Counters a slot and thread. */
export const COUNTER_ROW = powerOfTwo(Counter.closed + CLOSE_REASONS.length);
/** Slots of a board unless given: for the process, apps + listeners + targets at once, those still draining included. */
export const DEFAULT_SLOTS = 65_536;
/** Most slots of a board. */
export const MAX_SLOTS = 524_288;

/** Typed view over the memory that all threads share. */
export class Board {
  /** Header and shared words. */
  readonly words: Int32Array;
  /** How many slots it has. */
  readonly slots: number;

  constructor(
    /** The memory, to be sent to a data thread. */
    readonly buffer: SharedArrayBuffer,
  ) {
    this.words = new Int32Array(buffer);
    this.slots = (this.words.length - HEADER_WORDS) / SHARED_WORDS;
  }

  /** A board of zeros. */
  static allocate(slots = DEFAULT_SLOTS): Board {
    return new Board(new SharedArrayBuffer((HEADER_WORDS + slots * SHARED_WORDS) * 4));
  }

  /** Index in {@link words} of a slot's shared word. */
  static word(slot: number, word: number): number {
    return HEADER_WORDS + slot * SHARED_WORDS + word;
  }

  /** Index of a counter among those of one thread. */
  static counter(slot: number, counter: number): number {
    return slot * COUNTER_ROW + counter;
  }

  /** Zeroes a slot's shared words for a new owner. Only while no thread uses it. */
  clear(slot: number): void {
    this.words.fill(0, Board.word(slot, 0), Board.word(slot + 1, 0));
  }
}

/** The smallest power of two that is not below a count of 1 or more. */
function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
