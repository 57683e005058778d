import type { Clock } from "../../base/clock.ts";
import { freeBytes } from "../../base/free_bytes.ts";
import { ACCESS_CHECK_MS } from "../../base/limits.ts";
import { AccessCredit } from "../../model/access_credit.ts";
import type { Outlet } from "./outputs/outlet.ts";
import { ThreadBytes } from "./thread_bytes.ts";

/** What the access log is made from. */
export interface AccessLogOptions {
  readonly clock: Clock;
  /** The board's words, see {@link AccessCredit}. */
  readonly words: Int32Array;
}

/** A message of a data thread, while outlets have it. */
interface Message {
  /** Outlets that write it as it is. */
  rawUses: number;
  isReleased: boolean;
}

/**
 * Writes the access log, to one place or several. A slow reader never holds up traffic or control: records wait up to a
 * limit, in data threads, on the way and here together; what exceeds it is dropped and counted, by those threads. Where
 * there are several places, the quickest makes room for threads, and each drops for itself what exceeds its own limit.
 */
export class AccessLog {
  readonly #credit: AccessCredit;
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  /** Records that arrived since the start. */
  arrived = 0;
  #outlets: readonly Outlet[] = [];
  /** Outlets of before, while they write what they were given. */
  readonly #leaving = new Set<Outlet>();
  /** Records dropped by outlets that are gone. */
  #droppedByGone = 0;
  /** Bytes that arrived and that are not written yet. */
  #held = 0;
  /** Counts the times when all outlets were replaced: what arrived before holds nothing any more. */
  #epoch = 0;
  readonly #threads = new ThreadBytes();
  /** Records that data threads dropped. */
  #droppedByThreads = 0;
  #cancelCheck: (() => void) | null = null;

  constructor(private readonly options: AccessLogOptions) {
    this.#credit = new AccessCredit(options.words);
  }

  /** Records dropped since the start because a reader was too slow or gone; for each place that did not get them. */
  get dropped(): number {
    this.#countThreads();
    const byOutlets = [...this.#outlets, ...this.#leaving].reduce((sum, { dropped }) => sum + dropped, 0);
    return this.#droppedByThreads + this.#droppedByGone + byOutlets;
  }

  /** Where records go now. */
  get outlets(): readonly Outlet[] {
    return this.#outlets;
  }

  /**
   * Takes over new places to write to; those that are there already stay as they are. Others are closed after what they
   * were given is written, which nobody waits for; one that has not ended at the next switch drops what still waits.
   */
  switchTo(outlets: readonly Outlet[]): void {
    const old = this.#outlets.filter((outlet) => !outlets.includes(outlet));
    if (old.length > 0) { for (const outlet of this.#leaving) outlet.giveUp(); }
    const isNew = old.length === this.#outlets.length;
    this.#outlets = outlets;
    if (isNew) {
      // Readers that come are not to suffer from those that go.
      this.#epoch++;
      this.#release(this.#held);
    }
    for (const outlet of old) {
      this.#leaving.add(outlet);
      void outlet.leave().then(() => {
        this.#leaving.delete(outlet);
        this.#droppedByGone += outlet.dropped;
      });
    }
  }

  /** Queues the whole lines that a data thread sent. Their memory is freed when they are written. */
  receive(lines: Uint8Array<ArrayBuffer>, count: number, thread: number): void {
    const { length } = lines;
    this.arrived += count;
    this.#held += length;
    this.#threads.add(thread, length);
    this.#countThreads();
    this.#spread(lines, count, length);
    this.#check();
  }

  /** Queues lines of the program itself, as they are, for the first place. */
  write(lines: string): void {
    this.#outlets[0]?.push(this.#encoder.encode(lines), 0, () => {});
  }

  /** A data thread is gone; what it sent last never arrives. @param sentBytes of records that it sent in its life. */
  threadGone(thread: number, sentBytes: number): void {
    this.#credit.give(this.#threads.gone(thread, sentBytes));
  }

  /** Resolves when all queued lines are written or given up. A reader that never reads holds it up. */
  async flush(): Promise<void> {
    await Promise.all([...this.#outlets, ...this.#leaving].map((outlet) => outlet.flushed()));
  }

  /** Gives lines to all outlets, each in its own format. */
  #spread(lines: Uint8Array<ArrayBuffer>, count: number, length: number): void {
    const epoch = this.#epoch;
    const message: Message = { rawUses: 1, isReleased: false };
    const release = (): void => {
      if (message.isReleased) return;
      message.isReleased = true;
      if (epoch === this.#epoch) this.#release(length);
    };
    const dropRaw = (): void => {
      if (--message.rawUses === 0) freeBytes(lines);
    };
    const text = this.#outlets.some(({ format }) => format !== null) ? this.#decoder.decode(lines) : "";
    let isTaken = false;
    for (const outlet of this.#outlets) {
      const { format } = outlet;
      if (format === null) message.rawUses++;
      const bytes = format === null ? lines : this.#encoder.encode(format(text));
      const free = format === null ? dropRaw : () => freeBytes(bytes);
      const onOver = (): void => {
        free();
        release();
        this.#check();
      };
      if (outlet.push(bytes, count, onOver)) isTaken = true;
      else free();
    }
    dropRaw();
    if (!isTaken) release();
  }

  #release(bytes: number): void {
    this.#held -= bytes;
    this.#credit.give(bytes);
  }

  /** Has outlets say that they drop records, and when that is over. */
  #check(): void {
    this.#countThreads();
    for (const outlet of this.#outlets) if (outlet.isEmpty) outlet.outage.caughtUp();
    // While nothing moves, nothing else would tell what threads drop.
    if (this.#outlets.every(({ isEmpty }) => isEmpty) || this.#cancelCheck !== null) return;
    this.#cancelCheck = this.options.clock.timer(ACCESS_CHECK_MS, () => {
      this.#cancelCheck = null;
      this.#check();
    });
  }

  /** Records that threads dropped for want of room are the doing of those places that are behind. */
  #countThreads(): void {
    // A word of the board is too small to count for ever: it shows the low bits.
    const more = (this.#credit.dropped - this.#droppedByThreads) >>> 0;
    if (more === 0) return;
    this.#droppedByThreads += more;
    const behind = this.#outlets.filter(({ isEmpty }) => !isEmpty);
    for (const { outage } of behind.length > 0 ? behind : this.#outlets) outage.dropped(more);
  }
}
