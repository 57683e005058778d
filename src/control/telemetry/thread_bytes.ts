/** How many bytes of records came of each data thread: what else it sent is lost when it dies. */
export class ThreadBytes {
  /** By the thread's index. */
  readonly #received = new Map<number, number>();

  /** Some came. */
  add(thread: number, bytes: number): void {
    this.#received.set(thread, (this.#received.get(thread) ?? 0) + bytes);
  }

  /** A thread is gone. @param sentBytes in its life. @returns those that never arrive. */
  gone(thread: number, sentBytes: number): number {
    const received = this.#received.get(thread) ?? 0;
    this.#received.delete(thread);
    return sentBytes - received;
  }
}
