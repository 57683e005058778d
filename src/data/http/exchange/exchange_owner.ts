import type { ExchangeEnd } from "./exchange_end.ts";

/** Who reads the request of an exchange and hears of its end. An interface, since that one also makes the exchange. */
export interface ExchangeOwner {
  /** The endpoint takes more of the request's body. */
  onBodyWanted(): void;
  /** It is over. Once; not after `abort`. */
  onEnd(end: ExchangeEnd): void;
}
