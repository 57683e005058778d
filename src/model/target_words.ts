import { Board, Header, Shared } from "./board.ts";

/** What health checks and data threads found out of a target: values of {@link Shared.health}. */
export const Health = {
  /** Nothing yet. */
  unknown: 0,
  up: 1,
  down: 2,
  /** Taken out for a while, since sessions with it failed. */
  ejected: 3,
} as const;

/** What the operator wants of a target: values of {@link Shared.admin}. */
export const Admin = {
  ready: 0,
  /** No new sessions; those that are open go on. */
  drain: 1,
  /** As `drain`; nobody asks how it is, either. */
  maint: 2,
} as const;

/** One of {@link Health}. */
export type HealthValue = typeof Health[keyof typeof Health];
/** One of {@link Admin}. */
export type AdminValue = typeof Admin[keyof typeof Admin];

/** Parts of a configured weight that an effective one is counted in. */
export const WEIGHT_UNIT = 256;

/**
 * The words of targets by which data threads know who takes sessions, and the epoch that tells them when some word changed:
 * whoever changes one adds to it, so that a thread need not look at the words of all targets for each session.
 */
export class TargetWords {
  constructor(private readonly board: Board) {}

  /** Number of the last change, over all targets of the process. */
  get epoch(): number {
    return Atomics.load(this.board.words, Header.availabilityEpoch);
  }

  health(slot: number): HealthValue {
    return this.#load(slot, Shared.health) as HealthValue;
  }

  admin(slot: number): AdminValue {
    return this.#load(slot, Shared.admin) as AdminValue;
  }

  /**
   * Effective weight of a target.
   * @param configured 0 to 256.
   * @returns in units of 1/{@link WEIGHT_UNIT}: 256 for a weight of 1.
   */
  weight(slot: number, configured: number): number {
    const word = this.#load(slot, Shared.weight);
    return word === 0 ? configured * WEIGHT_UNIT : word - 1;
  }

  /** Whether the target may be given sessions, as far as health and operator are concerned. */
  isUp(slot: number): boolean {
    return this.health(slot) <= Health.up && this.admin(slot) === Admin.ready;
  }

  setHealth(slot: number, value: HealthValue): void {
    this.#store(slot, Shared.health, value);
  }

  setAdmin(slot: number, value: AdminValue): void {
    this.#store(slot, Shared.admin, value);
  }

  /** @param weight in units of 1/{@link WEIGHT_UNIT}, 0 to 65,536; null for the configured one. */
  setWeight(slot: number, weight: number | null): void {
    this.#store(slot, Shared.weight, weight === null ? 0 : weight + 1);
  }

  #load(slot: number, word: number): number {
    return Atomics.load(this.board.words, Board.word(slot, word));
  }

  #store(slot: number, word: number, value: number): void {
    if (Atomics.exchange(this.board.words, Board.word(slot, word), value) === value) return;
    // After the word: who sees the new epoch sees the new word.
    Atomics.add(this.board.words, Header.availabilityEpoch, 1);
  }
}
