import { ACCESS_BACKLOG_MAX_BYTES } from "../base/limits.ts";
import { Header } from "./board.ts";

/**
 * How many bytes of access records are under way between data threads and the place they are written to, kept on the
 * board. So a reader that is slow, or a control thread that is, makes the threads drop records instead of piling them up.
 */
export class AccessCredit {
  /** @param words the board's. */
  constructor(private readonly words: Int32Array) {}

  /**
   * A data thread is about to send records.
   * @returns false when too much is under way already: then they are not to be sent.
   */
  take(bytes: number): boolean {
    if (this.waiting + bytes > ACCESS_BACKLOG_MAX_BYTES) return false;
    // Two threads may ask at once: what is too much then is one message of each.
    Atomics.add(this.words, Header.accessWaiting, bytes);
    return true;
  }

  /** What was sent is written, given up, or lost with its thread. */
  give(bytes: number): void {
    Atomics.sub(this.words, Header.accessWaiting, bytes);
  }

  /** A data thread dropped records. */
  drop(count: number): void {
    Atomics.add(this.words, Header.accessDropped, count);
  }

  /** Records that data threads dropped, modulo 2^32. */
  get dropped(): number {
    return Atomics.load(this.words, Header.accessDropped) >>> 0;
  }

  /** Bytes under way, over all threads. */
  get waiting(): number {
    return Atomics.load(this.words, Header.accessWaiting);
  }
}
