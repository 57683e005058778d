import type { Engine, Timer } from "../../engine/engine.ts";

/**
 * One timer for a deadline that moves with nearly every event: it is armed anew only when the deadline comes nearer than
 * the timer, so a busy connection costs no timers. It may therefore fire early: who is told looks at the time again.
 */
export class DeadlineTimer {
  #timer: Timer | null = null;
  #firesAt = Infinity;

  constructor(private readonly engine: Engine, private readonly onFire: () => void) {}

  /** Makes sure that it fires at that time, or earlier. @param at `engine.now()` of the deadline; `Infinity` for none. */
  reach(at: number): void {
    if (at >= this.#firesAt) return;
    this.#timer?.cancel();
    this.#firesAt = at;
    this.#timer = this.engine.timer(Math.max(0, at - this.engine.now()), this.#fire);
  }

  /** Never fires again, whatever is to be reached. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#firesAt = -Infinity;
  }

  readonly #fire = (): void => {
    this.#firesAt = Infinity;
    this.onFire();
  };
}
