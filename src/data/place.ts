import type { Counters } from "./counters.ts";

/** No slot. */
const NONE = -1;

/**
 * A place at a target, for one connection or call at a time. It knows the slot that it took, so that just this one is given
 * back, once, whatever a rollout has made of the target meanwhile.
 */
export class Place {
  #slot = NONE;

  constructor(private readonly counters: Counters) {}

  /**
   * Takes one of a slot's places, and gives back the one that it held.
   * @param limit most places over all threads, 0 for any number.
   * @returns false when all are taken: it holds none then.
   */
  take(slot: number, limit: number): boolean {
    this.leave();
    if (!this.counters.enter(slot, limit)) return false;
    this.#slot = slot;
    return true;
  }

  /** Gives the place back; nothing happens when it holds none. */
  leave(): void {
    if (this.#slot === NONE) return;
    this.counters.leave(this.#slot);
    this.#slot = NONE;
  }
}
