/** Keeps threads from logging over and over, and all at once, what every one of them meets. */
export class LogThrottle {
  /** @param words of the board; each kind of line has a word there that remembers the last one. */
  constructor(private readonly words: Int32Array) {}

  /**
   * Whether this thread may log now: one line an interval for the whole process.
   * @param word index of the kind's word. @param wallTimeMs since the Unix epoch.
   */
  mayLog(word: number, wallTimeMs: number, intervalMs: number): boolean {
    const now = Math.floor(wallTimeMs) | 0;
    const last = Atomics.load(this.words, word);
    const elapsedMs = (now - last) | 0;
    if (elapsedMs >= 0 && elapsedMs < intervalMs) return false;
    return Atomics.compareExchange(this.words, word, last, now) === last;
  }
}
