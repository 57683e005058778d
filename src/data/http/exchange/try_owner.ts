import type { Connection } from "../../../engine/engine.ts";
import type { Policy, TargetSnapshot } from "../../../model/snapshot.ts";
import type { Place } from "../../place.ts";
import type { CodecErrorCode } from "../codec/codec_error.ts";
import type { RequestTraits } from "../codec/response_parser.ts";
import type { AnswerWriter } from "./answer_writer.ts";
import type { ExchangeTrace } from "./exchange_trace.ts";
import type { SentRequest } from "./request_sender.ts";
import type { AccountOwner } from "./try_account.ts";

/**
 * Why an endpoint gave no answer that could be judged: no connection; no descriptor for one; closed or broken before a
 * final head was whole; too slow.
 */
export type TryFailure = "connect_failed" | "resource" | "bad_answer" | "timed_out";

/** What becomes of a final head: it goes to the client, it waits in case nothing better comes, it is thrown away. */
export type Verdict = "take" | "hold" | "refuse";

/** The request that tries are made for. */
export interface TryOwner<Try> extends SentRequest, AccountOwner {
  readonly policy: Policy;
  readonly traits: RequestTraits;
  readonly answer: AnswerWriter;
  /** Is told what becomes of tries. */
  readonly trace: ExchangeTrace;
  /** Why the last answer that was refused or broke off did, null where none was. */
  answerError: CodecErrorCode | null;
  /** The request may be sent once more although an endpoint may have had it. */
  readonly mayRepeat: boolean;
  /** Whether the client's connection can go on after the answer whose head is written now. */
  readonly mayPersist: boolean;
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
  /** The answer that was taken went to the client, whole. */
  onAnswered(): void;
  /** The answer that was taken broke off. */
  onTruncated(): void;
  /** The 101 that was taken went to the client; these bytes came behind it. The place at the target goes along. */
  onSwitched(connection: Connection, rest: Uint8Array, target: TargetSnapshot, place: Place): void;
}
