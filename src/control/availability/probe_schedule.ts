import type { Clock } from "../../base/clock.ts";
import { PROBE_TICK_MS } from "../../base/limits.ts";

/**
 * Starts work when it is due, so much of it at once and no more. What is due within a tick starts together: waking up for
 * each of a thousand probes a second would cost more than the probes.
 */
export class ProbeSchedule<T> {
  /** By number of the tick. */
  readonly #due = new Map<number, Set<T>>();
  readonly #tickOf = new Map<T, number>();
  /** Due, and more than may be under way. In the order in which they are to start. */
  readonly #waiting = new Set<T>();
  #underWay = 0;
  #timer: { readonly tick: number; cancel(): void } | null = null;
  #isClosed = false;

  /** @param start Begins the work; what it returns resolves when the work is over, and never rejects. */
  constructor(
    private readonly clock: Pick<Clock, "now" | "timer">,
    private readonly maxUnderWay: () => number,
    private readonly start: (work: T) => Promise<void>,
  ) {}

  /** Work that is due and waits for others to end. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Has work begin at a time of the clock, up to a tick before it, in place of the time that it had. */
  at(work: T, dueMs: number): void {
    if (this.#isClosed) return;
    this.remove(work);
    const tick = Math.floor(dueMs / PROBE_TICK_MS);
    const others = this.#due.get(tick);
    if (others === undefined) this.#due.set(tick, new Set([work]));
    else others.add(work);
    this.#tickOf.set(work, tick);
    if (this.#timer === null || tick < this.#timer.tick) this.#wakeAt(tick);
  }

  /** Work that has not begun does not begin. */
  remove(work: T): void {
    this.#waiting.delete(work);
    const tick = this.#tickOf.get(work);
    if (tick === undefined) return;
    this.#tickOf.delete(work);
    const others = this.#due.get(tick);
    others?.delete(work);
    if (others?.size === 0) this.#due.delete(tick);
  }

  /** Begins nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#due.clear();
    this.#tickOf.clear();
    this.#waiting.clear();
  }

  #wakeAt(tick: number): void {
    this.#timer?.cancel();
    const delayMs = Math.max(0, tick * PROBE_TICK_MS - this.clock.now());
    this.#timer = { tick, cancel: this.clock.timer(delayMs, () => this.#wake()) };
  }

  #wake(): void {
    this.#timer = null;
    const now = this.clock.now();
    // A timer may come a little early.
    const current = Math.floor((now + 1) / PROBE_TICK_MS);
    let next = Infinity;
    const ready: number[] = [];
    for (const tick of this.#due.keys()) {
      if (tick <= current) ready.push(tick);
      else next = Math.min(next, tick);
    }
    for (const tick of ready.sort((a, b) => a - b)) {
      for (const work of this.#due.get(tick) ?? []) {
        this.#tickOf.delete(work);
        this.#waiting.add(work);
      }
      this.#due.delete(tick);
    }
    if (next !== Infinity) this.#wakeAt(next);
    this.#startWaiting();
  }

  #startWaiting(): void {
    for (const work of this.#waiting) {
      if (this.#underWay >= this.maxUnderWay()) return;
      this.#waiting.delete(work);
      this.#underWay++;
      void this.start(work).finally(() => {
        this.#underWay--;
        this.#startWaiting();
      });
    }
  }
}
