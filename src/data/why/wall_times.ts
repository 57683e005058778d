import type { Clock } from "../../base/clock.ts";
import type { Engine } from "../../engine/engine.ts";

/** How far the system's clock may be from where it was expected before it counts as set, milliseconds. */
const SET_MS = 1_000;

/** Moments of the engine's clock on the system's clock: the same each time, unless that was set meanwhile. */
export class WallTimes {
  #offset: number;

  constructor(private readonly engine: Pick<Engine, "now">, private readonly clock: Pick<Clock, "wallTime">) {
    this.#offset = this.#measured;
  }

  /** @param at `engine.now()` then. @returns milliseconds since the Unix epoch. */
  of(at: number): number {
    const measured = this.#measured;
    if (Math.abs(measured - this.#offset) > SET_MS) this.#offset = measured;
    return at + this.#offset;
  }

  get #measured(): number {
    return this.clock.wallTime() - this.engine.now();
  }
}
