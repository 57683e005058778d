import type { NetError } from "../base/errors.ts";
import { Board, Shared } from "../model/board.ts";
import { type EjectionCause, Ejections } from "../model/ejections.ts";
import type { AppSnapshot, OutlierPolicy } from "../model/snapshot.ts";

const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * Counts how sessions with the targets of an app go, over all threads, and ejects a target that failed often enough in a
 * row, at once. Bringing it back is control's. A success costs one look at a word.
 */
export class TargetOutcomes {
  readonly #ejections: Ejections;

  constructor(
    private readonly app: AppSnapshot,
    private readonly policy: OutlierPolicy,
    private readonly board: Board,
  ) {
    this.#ejections = new Ejections(board);
  }

  /** A target was connected to. */
  connected(slot: number): void {
    this.#succeeded(slot, Shared.fails);
  }

  /** A target could not be connected to. Trouble of our own is none of its. */
  connectFailed(slot: number, error: NetError): void {
    if (error.retryable && error.code !== "unavailable_address") this.connectTimedOut(slot);
  }

  /** A target did not accept a connection in time. */
  connectTimedOut(slot: number): void {
    this.#failed(slot, Shared.fails, this.policy.consecutiveFailures, "consecutive_failures");
  }

  /** In HTTP mode: a target gave a final answer. */
  answered(slot: number, status: number): void {
    if (status < 500) {
      this.#succeeded(slot, Shared.serverErrors);
      return this.#succeeded(slot, Shared.gatewayErrors);
    }
    if (GATEWAY_STATUSES.has(status)) this.#gatewayFailed(slot);
    else this.#succeeded(slot, Shared.gatewayErrors);
    this.#serverFailed(slot);
  }

  /** In HTTP mode: a target that had a request gave no final answer. */
  unanswered(slot: number): void {
    this.#gatewayFailed(slot);
    this.#serverFailed(slot);
  }

  #serverFailed(slot: number): void {
    this.#failed(slot, Shared.serverErrors, this.policy.consecutive5xx, "consecutive_5xx");
  }

  #gatewayFailed(slot: number): void {
    const { consecutiveGatewayFailure } = this.policy;
    this.#failed(slot, Shared.gatewayErrors, consecutiveGatewayFailure, "consecutive_gateway_failure");
  }

  #failed(slot: number, word: number, threshold: number, cause: EjectionCause): void {
    if (threshold === 0) return;
    const count = Atomics.add(this.board.words, Board.word(slot, word), 1) + 1;
    // Beyond it, too: where it could not be taken out, another may have come back since.
    if (count >= threshold) {
      this.#ejections.eject(this.app, slot, cause, this.policy.maxEjectionPercent);
    }
  }

  #succeeded(slot: number, word: number): void {
    const { words } = this.board;
    const at = Board.word(slot, word);
    if (words[at] !== 0) Atomics.store(words, at, 0);
  }
}
