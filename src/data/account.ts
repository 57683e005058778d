import { ACCEPT_LOG_INTERVAL_MS, ACCESS_FLUSH_BYTES, ACCESS_FLUSH_MS } from "../base/limits.ts";
import type { NetError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import type { Engine } from "../engine/engine.ts";
import { Board, Counter, Header, Shared } from "../model/board.ts";
import { CLOSE_REASONS } from "../model/close_reason.ts";
import type { CloseReason } from "../model/close_reason.ts";
import type { Report } from "../model/messages.ts";
import type { ListenerSnapshot, TargetSnapshot } from "../model/snapshot.ts";
import { ByteSink } from "./byte_sink.ts";

const REASON_INDEX: Readonly<Record<string, number>> = Object.fromEntries(
  CLOSE_REASONS.map((reason, index) => [reason, index]),
);

/** Keeps a data thread's books: its counters and shared counts on the board, and its access records. */
export class Account {
  /** This thread's counters, indexed by `Board.counter`. */
  readonly counters: Float64Array;
  /** Where the next access record is to be written, one line of JSON; then {@link recorded} is to be called. */
  readonly lines = new ByteSink();
  readonly #decoder = new TextDecoder();
  #count = 0;
  #flushPending = false;

  constructor(
    private readonly board: Board,
    thread: number,
    private readonly engine: Engine,
    private readonly random: Random,
    private readonly report: (report: Report) => void,
  ) {
    this.counters = board.counters(thread);
  }

  /** Adds to a counter. */
  add(slot: number, counter: number, amount: number): void {
    const at = Board.counter(slot, counter);
    this.counters[at] = (this.counters[at] ?? 0) + amount;
  }

  /**
   * Takes one of a slot's places for an open connection, in the count shared by all threads.
   * @param limit most places, 0 for any number.
   * @returns false when all are taken; then nothing was counted.
   */
  enter(slot: number, limit: number): boolean {
    const word = Board.word(slot, Shared.active);
    const before = Atomics.add(this.board.words, word, 1);
    if (limit > 0 && before >= limit) {
      Atomics.sub(this.board.words, word, 1);
      return false;
    }
    this.add(slot, Counter.active, 1);
    return true;
  }

  /** Gives the place back. */
  leave(slot: number): void {
    Atomics.sub(this.board.words, Board.word(slot, Shared.active), 1);
    this.add(slot, Counter.active, -1);
  }

  /** Counts a client connection of the process; false when the process-wide cap is now reached. */
  open(): boolean {
    const open = Atomics.add(this.board.words, Header.openConnections, 1) + 1;
    const { cap } = this;
    return cap === 0 || open < cap;
  }

  /** Counts its end. */
  close(): void {
    Atomics.sub(this.board.words, Header.openConnections, 1);
  }

  /** Most client connections at once in the process, 0 for any number. */
  get cap(): number {
    return Atomics.load(this.board.words, Header.maxConnections);
  }

  /** Whether the process may take another client connection. */
  belowCap(): boolean {
    const { cap } = this;
    return cap === 0 || Atomics.load(this.board.words, Header.openConnections) < cap;
  }

  /**
   * Whether this thread may now log what every thread would: one line an interval for the whole process.
   * @param word of the board; it remembers the last line.
   */
  mayLog(word: number, wallTimeMs: number): boolean {
    const { words } = this.board;
    const now = Math.floor(wallTimeMs) | 0;
    const last = Atomics.load(words, word);
    const elapsedMs = (now - last) | 0;
    if (elapsedMs >= 0 && elapsedMs < ACCEPT_LOG_INTERVAL_MS) return false;
    return Atomics.compareExchange(words, word, last, now) === last;
  }

  /** Logs that TLS to a target failed, and why; see {@link mayLog}. The client is not to know. */
  tlsFailed(app: string, target: TargetSnapshot, error: NetError, wallTimeMs: number): void {
    if (!this.mayLog(Board.word(target.slot, Shared.tlsLoggedAt), wallTimeMs)) return;
    const fields = { app, target: target.key, error: error.message };
    this.report({ type: "log", level: "warn", message: "TLS to an endpoint failed", fields });
  }

  /** Logs that a client's TLS failed, and why, for who looks for it: the internet is full of clients that try. */
  clientTlsFailed(app: string, listener: ListenerSnapshot, error: NetError, wallTimeMs: number): void {
    if (!this.mayLog(Board.word(listener.slot, Shared.tlsLoggedAt), wallTimeMs)) return;
    const fields = { app, listener: listener.key, error: error.message };
    this.report({ type: "log", level: "debug", message: "TLS with a client failed", fields });
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

  /** Whether the next session's access record is wanted. */
  sampled(sample: number): boolean {
    return sample >= 1 || (sample > 0 && this.random() < sample);
  }

  /** A line was appended to {@link lines}. It leaves with others soon. */
  recorded(): void {
    this.#count++;
    if (this.lines.length >= ACCESS_FLUSH_BYTES) {
      this.flush();
    } else if (!this.#flushPending) {
      this.#flushPending = true;
      this.engine.timer(ACCESS_FLUSH_MS, () => {
        this.#flushPending = false;
        this.flush();
      });
    }
  }

  /** Sends the queued access records to control. */
  flush(): void {
    if (this.#count === 0) return;
    // Gathered as bytes, since a string grown from thousands of pieces costs more to make and to send than to write.
    this.report({ type: "access", lines: this.#decoder.decode(this.lines.view()), count: this.#count });
    this.lines.clear();
    this.#count = 0;
  }
}
