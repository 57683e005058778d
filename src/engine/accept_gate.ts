import type { Clock } from "../base/clock.ts";
import type { NetErrorCode } from "../base/errors.ts";
import type { Timer } from "./engine.ts";

/** What a failed accept costs: ten a second in the whole process while descriptors are exhausted. */
const EXHAUSTED_COST_MS = 100;
/** An aborted connection costs more, since a burst of them is let through: five at once, ten in the first second. */
const ABORTED_COST_MS = 200;
/** Debt up to which an aborted connection is followed by another accept at once. */
const ABORTED_BURST_MS = 5 * ABORTED_COST_MS;
/** Debt is capped, so that many threads that fail together do not shut the gate for long. */
const MAX_DEBT_MS = 2_000;
/** How often a waiting thread looks whether another one has succeeded. Each look wakes the thread: 20 ms cost 1 % CPU. */
const POLL_MS = 50;
/** How late the thread whose turn it is may be before another one takes the turn. */
const OVERDUE_MS = 25;

/** Where the process keeps the state of its gate: one `Int32` word, shared by all data threads. */
export interface GateWord {
  /** Usually the words of the board. */
  readonly words: Int32Array;
  /** Index of the word; 0 in the word means that nothing ever failed. */
  readonly index: number;
}

/** What a gate is made from. */
export interface AcceptGateOptions extends GateWord {
  readonly clock: Pick<Clock, "wallTime">;
  /** The engine's own timer. */
  timer(delayMs: number, callback: () => void): Timer;
}

/**
 * Paces accepts that fail (out of descriptors or memory, aborted connections), so that neither a tight loop nor a
 * flood of log lines follows: at most ten failures a second over all threads, and a retry within 100 ms.
 *
 * It is a leaky bucket (GCRA, ITU-T I.371 annex A) whose state is one shared word: the wall-clock millisecond at which
 * all failures so far are paid for, and whether accepting fails at present. Each failure moves that time on. The thread
 * that moved it last retries when the time has come, and pays beforehand by moving it on; if it does not, another one
 * does. So one thread is woken in time, and the others only look now and then whether it has succeeded.
 */
export class AcceptGate {
  readonly #options: AcceptGateOptions;
  readonly #waiting = new Set<() => void>();
  #poll: Timer | null = null;
  /** What this thread wrote last: as long as it stands, the next retry is this thread's. */
  #written = 0;
  /** Until when the next failure of this thread is already paid for, wall clock. */
  #prepaidUntil = 0;
  /** Debt at which the waiting ones may retry. */
  #tolerance = 0;
  /** How many wait no longer at the next look while accepting works; doubles until something fails. */
  #batch = 1;

  constructor(options: AcceptGateOptions) {
    this.#options = options;
  }

  /**
   * Notes a failure.
   * @param retry Called once when accepting may be tried again, if the result is false. It may call `failed` again.
   * @returns true when the caller may accept again at once.
   */
  failed(code: NetErrorCode, retry: () => void): boolean {
    const nowMs = this.#options.clock.wallTime();
    const aborted = code === "aborted";
    const debt = this.#charge(nowMs, aborted);
    this.#batch = 1;
    if (aborted && debt <= ABORTED_BURST_MS && this.#waiting.size === 0) return true;
    this.#tolerance = aborted ? ABORTED_BURST_MS - ABORTED_COST_MS : 0;
    this.#waiting.add(retry);
    this.#poll ??= this.#options.timer(this.#pollDelay(nowMs), () => this.#look());
    return false;
  }

  /** Notes that an accept succeeded; costs one atomic load as long as none has failed. */
  succeeded(): void {
    const { words, index } = this.#options;
    for (let word = Atomics.load(words, index); isFailing(word);) {
      const seen = Atomics.compareExchange(words, index, word, word & ~1);
      if (seen === word) return;
      word = seen;
    }
  }

  /** Drops a waiting retry: its listener is gone. */
  forget(retry: () => void): void {
    this.#waiting.delete(retry);
    if (this.#waiting.size === 0) this.#stop();
  }

  /** Forgets all that wait. */
  close(): void {
    this.#waiting.clear();
    this.#stop();
  }

  #stop(): void {
    this.#poll?.cancel();
    this.#poll = null;
  }

  /** @returns the debt after this failure, milliseconds. */
  #charge(nowMs: number, aborted: boolean): number {
    const { words, index } = this.#options;
    const prepaid = nowMs < this.#prepaidUntil;
    this.#prepaidUntil = 0;
    const cost = prepaid ? 0 : aborted ? ABORTED_COST_MS : EXHAUSTED_COST_MS;
    for (let word = Atomics.load(words, index);;) {
      const debt = Math.min(debtOf(word, nowMs) + cost, MAX_DEBT_MS);
      // A burst of aborted connections does not stop the other threads; only what makes this one wait does.
      const failing = isFailing(word) || !aborted || debt > ABORTED_BURST_MS;
      const paid = pack(nowMs + debt, failing);
      const seen = Atomics.compareExchange(words, index, word, paid);
      if (seen === word) {
        this.#written = paid;
        return debt;
      }
      word = seen;
    }
  }

  #look(): void {
    this.#poll = null;
    const nowMs = this.#options.clock.wallTime();
    this.#wake(this.#admitted(nowMs));
    if (this.#waiting.size > 0) {
      this.#poll ??= this.#options.timer(this.#pollDelay(nowMs), () => this.#look());
    }
  }

  /** How many of the waiting may retry now. */
  #admitted(nowMs: number): number {
    const { words, index } = this.#options;
    const word = Atomics.load(words, index);
    if (!isFailing(word)) {
      const batch = this.#batch;
      this.#batch *= 2;
      return batch;
    }
    const dueInMs = untilPaid(word, nowMs) - this.#tolerance;
    if (dueInMs > (word === this.#written ? 0 : -OVERDUE_MS)) return 0;
    const cost = this.#tolerance > 0 ? ABORTED_COST_MS : EXHAUSTED_COST_MS;
    const claim = pack(nowMs + debtOf(word, nowMs) + cost, true);
    if (Atomics.compareExchange(words, index, word, claim) !== word) return 0;
    this.#written = claim;
    this.#prepaidUntil = nowMs + cost;
    return 1;
  }

  #wake(count: number): void {
    const retries = [...this.#waiting].slice(0, count);
    for (const retry of retries) this.#waiting.delete(retry);
    for (const retry of retries) retry();
  }

  #pollDelay(nowMs: number): number {
    const { words, index } = this.#options;
    const word = Atomics.load(words, index);
    if (!isFailing(word) || word !== this.#written) return POLL_MS;
    return Math.min(Math.max(untilPaid(word, nowMs) - this.#tolerance, 1), EXHAUSTED_COST_MS);
  }
}

/** A word is a wall-clock millisecond modulo 2^31, shifted by one, and the flag. */
function pack(timeMs: number, failing: boolean): number {
  return (Math.ceil(timeMs) << 1) | (failing ? 1 : 0);
}

function isFailing(word: number): boolean {
  return (word & 1) === 1;
}

/** Milliseconds until all failures are paid for, negative when that is past. */
function untilPaid(word: number, nowMs: number): number {
  if (word === 0) return 0;
  const left = ((word >> 1) - Math.ceil(nowMs)) << 1 >> 1;
  // A value that no debt can have is a clock that was set back.
  return left > MAX_DEBT_MS ? 0 : left;
}

function debtOf(word: number, nowMs: number): number {
  return Math.max(untilPaid(word, nowMs), 0);
}
