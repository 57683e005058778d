import { MAX_THREADS } from "../../model/board.ts";

/** Hands out the board's rows of counters: one for each data thread of all pools. */
export class ThreadIndexes {
  readonly #taken = new Set<number>();

  /** The lowest free index, undefined when the board has no row left. */
  take(): number | undefined {
    for (let index = 0; index < MAX_THREADS; index++) {
      if (this.#taken.has(index)) continue;
      this.#taken.add(index);
      return index;
    }
    return undefined;
  }

  /** Gives an index back. */
  release(index: number): void {
    this.#taken.delete(index);
  }
}
