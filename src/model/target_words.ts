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

/** Name of a word's value, such as `up`. @throws {RangeError} for what is none. */
export function wordOf<N extends string>(names: Readonly<Record<N, number>>, value: number): N {
  const found = (Object.keys(names) as N[]).find((name) => names[name] === value);
  if (found === undefined) throw new RangeError(`${value} is none of ${Object.keys(names).join(", ")}`);
  return found;
}

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

  /** What a health check found. A target that is ejected stays so until {@link restore}. */
  setHealth(slot: number, value: typeof Health.unknown | typeof Health.up | typeof Health.down): void {
    const word = Board.word(slot, Shared.health);
    for (let before = this.health(slot); before !== Health.ejected && before !== value;) {
      const seen = Atomics.compareExchange(this.board.words, word, before, value);
      if (seen === before) return this.#changed();
      before = seen as HealthValue;
    }
  }

  /**
   * Takes a target that is not down out, whatever health checks find.
   * @returns false when it is out already: of several threads that want it one is told true.
   */
  eject(slot: number): boolean {
    const word = Board.word(slot, Shared.health);
    for (let before = this.health(slot); before <= Health.up;) {
      const seen = Atomics.compareExchange(this.board.words, word, before, Health.ejected);
      if (seen === before) {
        this.#changed();
        return true;
      }
      before = seen as HealthValue;
    }
    return false;
  }

  /**
   * Ends an ejection.
   * @param value what health checks found last.
   * @returns false when the target is not ejected.
   */
  restore(slot: number, value: Exclude<HealthValue, typeof Health.ejected>): boolean {
    const word = Board.word(slot, Shared.health);
    if (Atomics.compareExchange(this.board.words, word, Health.ejected, value) !== Health.ejected) {
      return false;
    }
    this.#changed();
    return true;
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
    if (Atomics.exchange(this.board.words, Board.word(slot, word), value) !== value) this.#changed();
  }

  /** After the word was changed: who sees the new epoch sees the new word. */
  #changed(): void {
    Atomics.add(this.board.words, Header.availabilityEpoch, 1);
  }
}
