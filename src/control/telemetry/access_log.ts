import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { freeBytes } from "../../base/free_bytes.ts";
import { ACCESS_BACKLOG_MAX_BYTES, ACCESS_CHECK_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import { OutputQueue } from "../../base/output_queue.ts";
import { AccessCredit } from "../../model/access_credit.ts";
import type { AccessSink } from "./access_sink.ts";
import { ThreadBytes } from "./thread_bytes.ts";

/** Makes of records (JSON, a line each) what is written in their place. */
export type RecordFormat = (lines: string) => string;

/** What the access log is made from. */
export interface AccessLogOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** The board's words, see {@link AccessCredit}. */
  readonly words: Int32Array;
}

/** A sink and what waits for it. */
interface Outlet {
  readonly sink: AccessSink;
  readonly queue: OutputQueue;
}

/**
 * Writes the access log. A slow reader never holds up traffic or control: records wait up to a limit, in data threads, on
 * the way and here together; what exceeds it is dropped and counted, by those threads.
 */
export class AccessLog {
  readonly #credit: AccessCredit;
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  /** Records that arrived since the start. */
  arrived = 0;
  #format: RecordFormat | null = null;
  #outlet: Outlet | null = null;
  /** The outlet before, while it writes what it was given. */
  #leaving: Outlet | null = null;
  /** Bytes that arrived and that are not written yet. */
  #held = 0;
  readonly #threads = new ThreadBytes();
  /** Records lost in writing. */
  #lost = 0;
  /** Records for which there was no room here, ... */
  #refused = 0;
  /** ... and those that data threads dropped. */
  #droppedByThreads = 0;
  /** Of both together: how many at the last look, ... */
  #toldTooSlow = 0;
  /** ... and how many before the outage that was said; null while there is none. */
  #outageSince: number | null = null;
  #failed = false;
  #cancelCheck: (() => void) | null = null;

  constructor(private readonly options: AccessLogOptions) {
    this.#credit = new AccessCredit(options.words);
  }

  /** Records dropped since the start because their reader was too slow or gone. */
  get dropped(): number {
    return this.#countTooSlow() + this.#lost;
  }

  /** How records look that arrive from now on. @param format null for as they are, which costs nothing. */
  formatBy(format: RecordFormat | null): void {
    this.#format = format;
  }

  /**
   * Takes over a new place to write to (null for none). The old one is closed after what it was given is written, which
   * nobody waits for; one that has not ended at the next switch drops what still waits.
   */
  switchTo(sink: AccessSink | null): void {
    this.#leaving?.queue.giveUp();
    const old = this.#outlet;
    this.#outlet = sink === null ? null : { sink, queue: new OutputQueue(sink, ACCESS_BACKLOG_MAX_BYTES) };
    this.#leaving = old;
    this.#outageSince = null;
    // The reader that comes is not to suffer from the one that goes.
    this.#release(this.#held);
    void old?.queue.flushed().then(() => {
      old.sink.close();
      if (this.#leaving === old) this.#leaving = null;
    });
  }

  /** Queues the whole lines that a data thread sent. Their memory is freed when they are written. */
  receive(lines: Uint8Array<ArrayBuffer>, count: number, thread: number): void {
    const { length } = lines;
    this.arrived += count;
    this.#held += length;
    this.#threads.add(thread, length);
    const outlet = this.#outlet;
    this.#push(this.#formatted(lines), count, () => {
      // After a switch it was released already.
      if (outlet === this.#outlet) this.#release(length);
    });
    this.#check();
  }

  /** Queues lines of the program itself, as they are. */
  write(lines: string): void {
    this.#push(this.#encoder.encode(lines), 0, () => {});
  }

  /** A data thread is gone; what it sent last never arrives. @param sentBytes of records that it sent in its life. */
  threadGone(thread: number, sentBytes: number): void {
    this.#credit.give(this.#threads.gone(thread, sentBytes));
  }

  /** Resolves when all queued lines are written or given up. A reader that never reads holds it up. */
  async flush(): Promise<void> {
    await Promise.all([this.#outlet, this.#leaving].map((outlet) => outlet?.queue.flushed()));
  }

  #formatted(lines: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (this.#format === null) return lines;
    const text = this.#format(this.#decoder.decode(lines));
    freeBytes(lines);
    return this.#encoder.encode(text);
  }

  #push(bytes: Uint8Array<ArrayBuffer>, count: number, onOver: () => void): void {
    const outlet = this.#outlet;
    const release = (): void => {
      freeBytes(bytes);
      onOver();
    };
    if (outlet === null) return release();
    const taken = outlet.queue.push(bytes, (error) => {
      release();
      this.#written(outlet, count, error);
    });
    if (taken) return;
    this.#refused += count;
    release();
  }

  #written(outlet: Outlet, count: number, error: unknown): void {
    if (error !== null) {
      this.#lost += count;
      const isTold = this.#failed || outlet !== this.#outlet;
      if (!isTold) this.options.log.error("access_log_failed", { error: errorMessage(error) });
    }
    if (outlet === this.#outlet) this.#failed = error !== null;
    this.#check();
  }

  #release(bytes: number): void {
    this.#held -= bytes;
    this.#credit.give(bytes);
  }

  /** Says once that records are dropped, and once how many when that is over. */
  #check(): void {
    const tooSlow = this.#countTooSlow();
    const isEmpty = (this.#outlet?.queue.waitingBytes ?? 0) === 0;
    if (this.#outageSince === null && tooSlow > this.#toldTooSlow) {
      this.options.log.warn("access_log_slow");
      this.#outageSince = this.#toldTooSlow;
    } else if (this.#outageSince !== null && isEmpty) {
      this.options.log.warn("access_log_recovered", { dropped: tooSlow - this.#outageSince });
      this.#outageSince = null;
    }
    this.#toldTooSlow = tooSlow;
    // While nothing moves, nothing else would tell what threads drop.
    if (isEmpty || this.#cancelCheck !== null) return;
    this.#cancelCheck = this.options.clock.timer(ACCESS_CHECK_MS, () => {
      this.#cancelCheck = null;
      this.#check();
    });
  }

  /** Records dropped for want of room. */
  #countTooSlow(): number {
    // A word of the board is too small to count for ever: it shows the low bits.
    this.#droppedByThreads += (this.#credit.dropped - this.#droppedByThreads) >>> 0;
    return this.#droppedByThreads + this.#refused;
  }
}
