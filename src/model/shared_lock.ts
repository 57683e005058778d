/** Looks at a lock that another thread holds before it waits, and waits of a millisecond before it gives up. */
const LOOKS = 200;
const WAITS = 100;

/**
 * A lock in memory that all threads share, for a microsecond at a time. Its word is odd while somebody holds it and grows
 * with each taking and giving back, so that a holder which died is told from one that is at work.
 */
export class SharedLock {
  /** The word as it was when this thread gave up waiting; never odd before that. */
  #stuckAt = 0;

  /** @param index of the lock's word. */
  constructor(private readonly words: Int32Array, private readonly index: number) {}

  /**
   * Takes it, waiting for who holds it.
   * @returns false when the holder does not give it back; from then on at once, until somebody has broken the lock.
   */
  take(): boolean {
    let holder = 0;
    for (let looks = 0;; looks++) {
      const seen = Atomics.load(this.words, this.index);
      if (seen % 2 === 0) {
        if (Atomics.compareExchange(this.words, this.index, seen, seen + 1 | 0) === seen) return true;
      } else if (seen === this.#stuckAt) return false;
      else if (seen !== holder) {
        holder = seen;
        looks = 0;
      } else if (looks > LOOKS + WAITS) {
        this.#stuckAt = seen;
        return false;
      } else if (looks > LOOKS) Atomics.wait(this.words, this.index, seen, 1);
    }
  }

  /** Gives it back. */
  release(): void {
    Atomics.add(this.words, this.index, 1);
  }

  /** A number that tells who holds it; null while nobody does. */
  get holder(): number | null {
    const seen = Atomics.load(this.words, this.index);
    return seen % 2 === 0 ? null : seen;
  }
}
