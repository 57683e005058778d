import type { ExchangeEnd } from "./exchange_end.ts";

/**
 * Why an endpoint gave no answer that could be judged: no connection; no descriptor for one; closed or broken before a
 * final head was whole; too slow.
 */
export type TryFailure = "connect_failed" | "resource" | "bad_answer" | "timed_out";

/** What becomes of a final head: it goes to the client, it waits in case nothing better comes, it is thrown away. */
export type Verdict = "take" | "hold" | "refuse";

/** Who asked for tries and decides between them. An interface, since that one also makes the tries. */
export interface TryOwner<Try> {
  /** The request was sent on an open connection, as far as it has come. */
  onSent(tried: Try): void;
  /** It takes more of the body again. */
  onBodyTaken(): void;
  /** The client does not take its answer: the try holds the endpoint back. */
  onBlocked(): void;
  /** An interim head other than 101 came. */
  onInterim(tried: Try): void;
  /** A final head, or a 101, came. */
  judge(tried: Try): Verdict;
  /** The answer was not taken: it is held or thrown away. */
  onPassedOver(tried: Try): void;
  /** The connection of the answer that is held failed: what is missing of it will not come. */
  onHeldLost(tried: Try): void;
  /** The try is over without an answer to judge. */
  onFailed(tried: Try, failure: TryFailure): void;
  /** The answer that was taken is at its end, or broke off; or its 101 went to the client. */
  onEnd(end: ExchangeEnd): void;
}
