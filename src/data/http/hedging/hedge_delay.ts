import type { AnswerTimes } from "./answer_times.ts";

/** Requests between two looks at the histogram. */
const REFRESH_REQUESTS = 16;
const QUANTILE = /^p([1-9]\d?)$/;

/** When to call the next endpoint: after a fixed time, or after a quantile of the app's recent answers. */
export type HedgeAfter = { readonly delayMs: number } | { readonly quantile: number };

/**
 * Reads a quantile as the config writes it.
 * @param text `p50` to `p99`.
 * @throws {RangeError} for anything else.
 */
export function hedgeQuantile(text: string): HedgeAfter {
  const percent = Number(QUANTILE.exec(text)?.[1] ?? NaN);
  if (!(percent >= 50)) {
    throw new RangeError(`Bad hedge_after: value is ${JSON.stringify(text)}, wanted p50 to p99`);
  }
  return { quantile: percent / 100 };
}

/** The present delay before a hedge, looked up again every few requests. */
export class HedgeDelay {
  readonly #after: HedgeAfter;
  readonly #times: AnswerTimes;
  #requests = 0;
  #delayMs: number | null = null;

  constructor(after: HedgeAfter, times: AnswerTimes) {
    this.#after = after;
    this.#times = times;
  }

  /** Milliseconds to wait before a hedge of the next request, or null to send none: too little is known yet. */
  next(now: number): number | null {
    if ("delayMs" in this.#after) return this.#after.delayMs;
    if (this.#requests-- > 0 && this.#delayMs !== null) return this.#delayMs;
    this.#requests = REFRESH_REQUESTS;
    this.#delayMs = this.#times.quantile(this.#after.quantile, now);
    return this.#delayMs;
  }
}
