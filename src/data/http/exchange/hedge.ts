import type { HttpApp } from "../http_app.ts";

/** When one request is sent to one more endpoint, because those that have it are slow. Times are `engine.now()`. */
export class Hedge {
  /** When the next one is due, `Infinity` for never. */
  at = Infinity;
  #delayMs = Infinity;

  /** A request begins that may be hedged. */
  start(http: HttpApp, now: number): void {
    http.hedgeBudget.onRequest();
    this.#delayMs = http.hedgeDelay.next(now) ?? Infinity;
    this.at = now + this.#delayMs;
  }

  /** One was sent: the next has to wait as long. */
  sent(now: number): void {
    this.at = now + this.#delayMs;
  }

  /** None is sent any more. */
  stop(): void {
    this.at = Infinity;
  }
}
