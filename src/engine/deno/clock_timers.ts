import type { Clock } from "../../base/clock.ts";
import type { Timer } from "../engine.ts";
import { TimerWheel } from "../timer_wheel.ts";

/** Longest sleep: after the last timer was cancelled, the clock's timer is gone this much later. */
const MAX_SLEEP_MS = 1_000;

/** All timers of an engine over one timer of the clock, which is armed only while there are any. */
export class ClockTimers {
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  /** Time of the wheel: delays given to it count from here. */
  #wheelMs: number;
  /** When the clock's timer fires; infinite while it is not armed. */
  #wakeAt = Infinity;
  #disarm: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wheelMs = clock.now();
    this.#wheel = new TimerWheel(this.#wheelMs);
  }

  /** As `Engine.timer`. */
  add(delayMs: number, callback: () => void): Timer {
    const nowMs = this.#clock.now();
    if (this.#wheel.size === 0) this.#advance(nowMs);
    const timer = this.#wheel.add(delayMs + nowMs - this.#wheelMs, callback);
    if (nowMs + delayMs < this.#wakeAt) this.#arm(nowMs, delayMs);
    return timer;
  }

  /** Drops all timers without calling back. */
  clear(): void {
    this.#wheel.clear();
    this.#disarm?.();
    this.#disarm = null;
    this.#wakeAt = Infinity;
  }

  #advance(nowMs: number): void {
    this.#wheelMs = Math.max(nowMs, this.#wheelMs);
    this.#wheel.advance(nowMs);
  }

  #arm(nowMs: number, delayMs: number): void {
    this.#disarm?.();
    const sleepMs = Math.min(Math.max(Math.ceil(delayMs), 1), MAX_SLEEP_MS);
    this.#wakeAt = nowMs + sleepMs;
    this.#disarm = this.#clock.timer(sleepMs, this.#wake);
  }

  readonly #wake = (): void => {
    this.#disarm = null;
    this.#advance(this.#clock.now());
    const nowMs = this.#clock.now();
    const delayMs = this.#wheel.nextDelayMs(nowMs);
    this.#wakeAt = Infinity;
    if (delayMs >= 0) this.#arm(nowMs, delayMs);
  };
}
