import { FproxyError } from "../../base/errors.ts";
import { Counter, PROCESS_SLOT } from "../../model/board.ts";
import type { Board } from "../../model/board.ts";
import type { CounterTotals } from "../telemetry/counter_totals.ts";

/** A slot that was released. */
interface Released {
  /** The first change of what threads are told that is without its owner. */
  readonly stage: number;
  /** The last sweep found it without a place taken. */
  wasQuiet: boolean;
}

/**
 * Hands out the board's slots by name: an app, a listener or a target keeps its slot (and so its counters) as long as
 * it is configured. A released slot is free again only when no session counts in it any more, and none can begin to: every
 * thread has taken over the change that released it, and a socket that is being closed has served its queue.
 */
export class Slots {
  readonly #byName = new Map<string, number>();
  readonly #inUse = new Set<number>();
  /** Names that were given slots for a config which is not in force yet. */
  #tentative: string[] = [];
  readonly #draining = new Map<number, Released>();
  readonly #free: number[] = [];
  /** The lowest slot that was never used. */
  #fresh = PROCESS_SLOT + 1;

  /** @param capacity slots that the board has. */
  constructor(
    private readonly board: Board,
    private readonly totals: CounterTotals,
    private readonly capacity: number = board.slots,
  ) {}

  /**
   * The slot of that name, a new one (zeroed) where it has none.
   * @throws {FproxyError} code `too_many_parts` when there is none left; retryable while released ones wait for the end of
   * their sessions.
   */
  acquire(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const reused = this.#free.pop();
    if (reused !== undefined) {
      this.board.clear(reused);
      this.totals.clear(reused);
    } else if (this.#fresh >= this.capacity) throw this.#full();
    // A fresh slot is zero; looking at all its rows would cost more than anything else at the start.
    const slot = reused ?? this.#fresh++;
    this.#byName.set(name, slot);
    this.#inUse.add(slot);
    this.#tentative.push(name);
    return slot;
  }

  /** The config that slots were acquired for is taken over. */
  keep(): void {
    this.#tentative = [];
  }

  /** It is not: no thread has heard of the slots that were acquired for it, so that they are free at once. */
  giveBack(): void {
    for (const name of this.#tentative) {
      const slot = this.#byName.get(name);
      if (slot === undefined) continue;
      this.#byName.delete(name);
      this.#inUse.delete(slot);
      this.#free.push(slot);
    }
    this.#tentative = [];
  }

  /** Slots from this one on were never used. */
  get used(): number {
    return this.#fresh;
  }

  /** Whether the slot has an owner, or had one whose sessions may still count in it. */
  isInUse(slot: number): boolean {
    return this.#inUse.has(slot);
  }

  /** Gives up every slot whose name is not in use. @param stage number of the first change without them. */
  releaseExcept(used: ReadonlySet<string>, stage: number): void {
    for (const [name, slot] of this.#byName) {
      if (used.has(name)) continue;
      this.#byName.delete(name);
      this.#draining.set(slot, { stage, wasQuiet: false });
    }
  }

  /**
   * Frees released slots that two sweeps in a row found without a place taken. Sweeps must be further apart than the
   * closing of a listener takes.
   * @param oldest the oldest change that some thread still works from: what it does not know to be released it may still
   * use.
   * @returns how many are left.
   */
  sweep(oldest: number): number {
    for (const [slot, released] of this.#draining) {
      const isQuiet = released.stage <= oldest && this.totals.sum(slot, Counter.held) === 0;
      const mayBeFreed = isQuiet && released.wasQuiet;
      released.wasQuiet = isQuiet;
      if (!mayBeFreed) continue;
      this.#draining.delete(slot);
      this.#inUse.delete(slot);
      this.#free.push(slot);
    }
    return this.#draining.size;
  }

  #full(): FproxyError {
    const draining = this.#draining.size;
    const most = this.capacity - 1;
    const message = draining === 0
      ? `Cannot take the config: it has more than ${most} apps, listeners and targets together`
      : `Cannot take the config yet: ${draining} of ${most} places for apps, listeners and targets belong to removed ` +
        `ones whose sessions still run`;
    return new FproxyError("too_many_parts", message, "internal", draining > 0);
  }
}
