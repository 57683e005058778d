import { Board, Shared } from "../model/board.ts";
import type { TargetSnapshot } from "../model/snapshot.ts";
import type { TargetTimes } from "../strategy/mod.ts";

/** What all threads know of the time that targets of an app take. It is on the board, and so outlives rollouts. */
export class TargetLatencies implements TargetTimes {
  constructor(private readonly targets: readonly TargetSnapshot[], private readonly board: Board) {}

  estimate(target: number): number {
    return Atomics.load(this.board.words, this.#word(target, Shared.latency));
  }

  madeAt(target: number): number {
    return Atomics.load(this.board.words, this.#word(target, Shared.latencyAt));
  }

  put(target: number, estimate: number, at: number): void {
    Atomics.store(this.board.words, this.#word(target, Shared.latencyAt), at);
    Atomics.store(this.board.words, this.#word(target, Shared.latency), estimate);
  }

  #word(target: number, word: number): number {
    return Board.word(this.targets[target]!.slot, word);
  }
}
