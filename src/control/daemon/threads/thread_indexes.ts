/** Numbers data threads for logs and status: each has the lowest number that no other thread has. */
export class ThreadIndexes {
  readonly #taken = new Set<number>();

  /** The lowest free number. */
  take(): number {
    let index = 0;
    while (this.#taken.has(index)) index++;
    this.#taken.add(index);
    return index;
  }

  /** Gives a number back. */
  release(index: number): void {
    this.#taken.delete(index);
  }
}
