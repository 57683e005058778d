import { FproxyError } from "../../base/errors.ts";
import { Counter, MAX_SLOTS } from "../../model/board.ts";
import type { Board } from "../../model/board.ts";

/**
 * Hands out the board's slots by name: an app, a listener or a target keeps its slot (and so its counters) as long as
 * it is configured. A released slot is free again only when no session counts in it any more, and none can begin to:
 * a socket that is being closed still serves its queue for the old owner.
 */
export class Slots {
  readonly #byName = new Map<string, number>();
  /** Released slots, and whether the last sweep found them without a connection. */
  readonly #draining = new Map<number, boolean>();
  readonly #free: number[] = [];
  #fresh = 0;

  constructor(private readonly board: Board) {}

  /** The slot of that name, a new one (zeroed) where it has none. @throws {FproxyError} code `too_many_parts`. */
  acquire(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const reused = this.#free.pop();
    if (reused !== undefined) this.board.clear(reused);
    else if (this.#fresh >= MAX_SLOTS) {
      throw new FproxyError(
        "too_many_parts",
        `Cannot take the config: it has more than ${MAX_SLOTS} apps, listeners and targets together`,
      );
    }
    // A fresh slot is zero; looking at all its rows would cost more than anything else at the start.
    const slot = reused ?? this.#fresh++;
    this.#byName.set(name, slot);
    return slot;
  }

  /** Whether the slot was released and waits for its last connection to end. */
  isDraining(slot: number): boolean {
    return this.#draining.has(slot);
  }

  /** Gives up every slot whose name is not in use. */
  releaseExcept(used: ReadonlySet<string>): void {
    for (const [name, slot] of this.#byName) {
      if (used.has(name)) continue;
      this.#byName.delete(name);
      this.#draining.set(slot, false);
    }
  }

  /**
   * Frees released slots that two sweeps in a row found without open connections. Sweeps must be further apart than the
   * closing of a listener takes.
   * @returns how many are left.
   */
  sweep(): number {
    for (const [slot, wasQuiet] of this.#draining) {
      const isQuiet = this.board.sum(slot, Counter.active) === 0;
      this.#draining.set(slot, isQuiet);
      if (!isQuiet || !wasQuiet) continue;
      this.#draining.delete(slot);
      this.#free.push(slot);
    }
    return this.#draining.size;
  }
}
