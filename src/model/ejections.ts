import { Board, Shared } from "./board.ts";
import type { TargetSnapshot } from "./snapshot.ts";
import { Health, type HealthValue, TargetWords } from "./target_words.ts";

/** Why a target is ejected, by the key of the config that says when. {@link Shared.ejectionCause} is an index here. */
export const EJECTION_CAUSES = [
  "consecutive_failures",
  "consecutive_5xx",
  "consecutive_gateway_failure",
  "failure_percentage",
  "success_rate",
] as const;

/** One of {@link EJECTION_CAUSES}. */
export type EjectionCause = typeof EJECTION_CAUSES[number];

/** The app that a target is ejected from, as its snapshot has it. */
export interface EjectionScope {
  /** Board slot of the app. */
  readonly slot: number;
  readonly targets: readonly Pick<TargetSnapshot, "slot" | "weight" | "addresses">[];
}

/**
 * Takes targets out and brings them back, for all threads: never more of an app's than its share, and never the last one
 * that can take sessions.
 *
 * An app's word counts its ejections. A thread takes its place there by a compare-and-swap before it touches a target, so
 * the count is never below what is ejected, and of several threads at once none passes a limit that the others reached.
 */
export class Ejections {
  readonly #words: TargetWords;

  constructor(private readonly board: Board) {
    this.#words = new TargetWords(board);
  }

  /**
   * Ejects a target that can take sessions now.
   * @param maxPercent most of the app's targets that may be out at once, 0 to 100; one always may.
   * @returns false when it is out already, or may not be taken out.
   */
  eject(app: EjectionScope, slot: number, cause: EjectionCause, maxPercent: number): boolean {
    const { words } = this.board;
    const count = Board.word(app.slot, Shared.ejected);
    const most = mostEjections(app.targets.length, maxPercent);
    if (!this.#words.isUp(slot)) return false;
    for (let before = this.count(app.slot); before < most;) {
      // Ejections and returns do not change the sum of both kinds, so it need not be read at one instant.
      if (this.#upOrEjected(app) - before < 2) return false;
      const seen = Atomics.compareExchange(words, count, before, before + 1);
      if (seen === before) return this.#ejectCounted(app.slot, slot, cause);
      before = seen;
    }
    return false;
  }

  /**
   * Ends an ejection; the target's failures are counted anew.
   * @param value what health checks found last.
   * @returns false when the target is not ejected.
   */
  restore(appSlot: number, slot: number, value: Exclude<HealthValue, typeof Health.ejected>): boolean {
    const { words } = this.board;
    if (this.#words.health(slot) !== Health.ejected) return false;
    for (const word of [Shared.fails, Shared.serverErrors, Shared.gatewayErrors]) {
      Atomics.store(words, Board.word(slot, word), 0);
    }
    if (!this.#words.restore(slot, value)) return false;
    Atomics.sub(words, Board.word(appSlot, Shared.ejected), 1);
    return true;
  }

  /** How many of an app's targets are counted as ejected. */
  count(appSlot: number): number {
    return Atomics.load(this.board.words, Board.word(appSlot, Shared.ejected));
  }

  /**
   * Sets the count right where a thread died between counting and ejecting, or a target left the app while it was ejected.
   * @param counted what was read before the targets were looked at: nothing happens when it has changed since.
   */
  recount(appSlot: number, counted: number, actual: number): void {
    Atomics.compareExchange(this.board.words, Board.word(appSlot, Shared.ejected), counted, actual);
  }

  /** Why a target was ejected last. */
  cause(slot: number): EjectionCause {
    const index = Atomics.load(this.board.words, Board.word(slot, Shared.ejectionCause));
    return EJECTION_CAUSES[index] ?? EJECTION_CAUSES[0];
  }

  #ejectCounted(appSlot: number, slot: number, cause: EjectionCause): boolean {
    const { words } = this.board;
    Atomics.store(words, Board.word(slot, Shared.ejectionCause), EJECTION_CAUSES.indexOf(cause));
    if (this.#words.eject(slot)) return true;
    // Another thread was quicker, or a health check found it down meanwhile.
    Atomics.sub(words, Board.word(appSlot, Shared.ejected), 1);
    return false;
  }

  /** Targets that take sessions, and those that would if they were not ejected. */
  #upOrEjected({ targets }: EjectionScope): number {
    let count = 0;
    for (const { slot, weight, addresses } of targets) {
      // One that is ejected is counted as such, whatever else keeps it out.
      const isUp = addresses.length > 0 && this.#words.weight(slot, weight) > 0 && this.#words.isUp(slot);
      if (isUp || this.#words.health(slot) === Health.ejected) count++;
    }
    return count;
  }
}

/** How many of so many targets may be out at once: a share, rounded down, but always one. */
export function mostEjections(targets: number, maxPercent: number): number {
  return Math.max(1, Math.floor(targets * maxPercent / 100));
}
