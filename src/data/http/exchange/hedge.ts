import type { HttpApp } from "../http_app.ts";

/** When one request is sent to one more endpoint, because those that have it are slow. Times are `engine.now()`. */
export class Hedge {
  /** When the next one is due, `Infinity` for never. */
  at: number;
  readonly #delayMs: number;

  /** A request begins that may be hedged. */
  constructor(http: HttpApp, now: number) {
    http.hedgeBudget.onRequest();
    this.#delayMs = http.hedgeDelay.next(now) ?? Infinity;
    this.at = now + this.#delayMs;
  }

  /** One was sent: the next has to wait as long. */
  sent(now: number): void {
    this.at = now + this.#delayMs;
  }
}
