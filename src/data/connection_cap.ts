import { Board, Header, PROCESS_SLOT, Shared } from "../model/board.ts";

/** The most client connections at once in the process, as control sets it on the board. */
export class ConnectionCap {
  readonly #open = Board.word(PROCESS_SLOT, Shared.taken);

  constructor(private readonly words: Int32Array) {}

  /** The cap; 0 for none. */
  get limit(): number {
    return Atomics.load(this.words, Header.maxConnections);
  }

  /** Whether the process has as many client connections as it may. */
  get isReached(): boolean {
    const { limit } = this;
    return limit > 0 && Atomics.load(this.words, this.#open) >= limit;
  }
}
