/** Words of the board by which one kind of records is bounded. */
export interface CreditWords {
  /** Index of the bytes that are under way. */
  readonly waiting: number;
  /** Index of the number of records that data threads dropped. */
  readonly dropped: number;
}

/**
 * How many bytes of records are under way between data threads and where they go, kept on the board. So a reader that is
 * slow, or a control thread that is, makes the threads drop records instead of piling them up.
 */
export class RecordCredit {
  /** @param words the board's. @param maxBytes most that may be under way. */
  constructor(
    private readonly words: Int32Array,
    private readonly at: CreditWords,
    private readonly maxBytes: number,
  ) {}

  /**
   * A data thread is about to send records.
   * @returns false when too much is under way already: then they are not to be sent.
   */
  take(bytes: number): boolean {
    if (this.waiting + bytes > this.maxBytes) return false;
    // Two threads may ask at once: what is too much then is one message of each.
    Atomics.add(this.words, this.at.waiting, bytes);
    return true;
  }

  /** What was sent is written, given up, or lost with its thread. */
  give(bytes: number): void {
    Atomics.sub(this.words, this.at.waiting, bytes);
  }

  /** A data thread dropped records. */
  drop(count: number): void {
    Atomics.add(this.words, this.at.dropped, count);
  }

  /** Records that data threads dropped, modulo 2^32. */
  get dropped(): number {
    return Atomics.load(this.words, this.at.dropped) >>> 0;
  }

  /** Bytes under way, over all threads. */
  get waiting(): number {
    return Atomics.load(this.words, this.at.waiting);
  }
}
