import type { Clock } from "../../base/clock.ts";
import type { ScaleSettings } from "../model/app_settings.ts";
import type { Recommendation } from "./recommend.ts";

interface Remembered {
  readonly at: number;
  readonly replicas: number;
}

/** What is done about a recommendation. */
export interface ScaleDecision {
  readonly replicas: number;
  /** Why it is not what was recommended; empty where it is. */
  readonly limit: string;
}

/**
 * Makes changes of recommendations: not sooner than these have held for a time, not more at once than allowed, and never
 * outside of `min` and `max`. What it remembers is its own: after a start it takes nothing away before it has watched for a
 * whole window.
 */
export class Scaler {
  readonly #history: Remembered[] = [];
  readonly #since: number;

  constructor(private readonly clock: Pick<Clock, "now">) {
    this.#since = clock.now();
  }

  /** @param current how many there are. */
  decide(
    { min, max, up, down }: ScaleSettings,
    current: number,
    { replicas: recommended }: Recommendation,
  ): ScaleDecision {
    const now = this.clock.now();
    this.#history.push({ at: now, replicas: recommended });
    const longest = Math.max(up.window, down.window);
    while (this.#history.length > 1 && this.#history[0]!.at <= now - longest) this.#history.shift();
    const within = (window: number): number[] => [
      recommended,
      ...this.#history.filter(({ at }) => at > now - window).map(({ replicas }) => replicas),
    ];
    const most = Math.min(...within(up.window));
    const least = now - this.#since < down.window ? current : Math.max(...within(down.window));
    if (most > current) {
      const step = up.max_step ?? Math.max(1, current);
      return bounded(Math.min(most, current + step), recommended, min, max, "max_step");
    }
    if (least < current) {
      const step = down.max_step ?? Infinity;
      return bounded(Math.max(least, current - step), recommended, min, max, "max_step");
    }
    return bounded(current, recommended, min, max, "window");
  }
}

function bounded(wanted: number, recommended: number, min: number, max: number, why: string): ScaleDecision {
  const replicas = Math.min(max, Math.max(min, wanted));
  if (replicas !== wanted) return { replicas, limit: replicas === max ? "max" : "min" };
  return { replicas, limit: replicas === recommended ? "" : why };
}
