import type { Framing } from "../codec/message_head.ts";
import { isIdempotent } from "./idempotent.ts";

/** How a request meets the endpoints. */
export type Dispatch = "sequential" | "fanout" | "hedged";
/** Which requests may be sent more than once. */
export type ReplayMode = "idempotent" | "all";
/**
 * What is kept of a request's body: there is none; all of it is kept, or can be since it is known to be small; its length
 * is not known, so it is kept until it proves too long; it is too long and goes to one endpoint as it comes.
 */
export type BodyPlan = "none" | "kept" | "unknown" | "streamed";
/** Why a request is sent to one endpoint only, for the access record. */
export type ReplayRefusal = "not_idempotent" | "body_too_large" | "upgrade";

/** What the rules look at. */
export interface ReplayFacts {
  readonly method: string;
  readonly replay: ReplayMode;
  readonly body: BodyPlan;
  /** The request asks for another protocol. */
  readonly upgrade: boolean;
}

/**
 * Whether a body can be kept for replay.
 * @param contentLength bytes; counts where the framing is `length`.
 * @param maxReplayBodyBytes most that is kept.
 */
export function bodyPlan(framing: Framing, contentLength: number, maxReplayBodyBytes: number): BodyPlan {
  if (framing === "none" || (framing === "length" && contentLength === 0)) return "none";
  if (framing === "length") return contentLength <= maxReplayBodyBytes ? "kept" : "streamed";
  return "unknown";
}

/**
 * Whether a request may be at several endpoints at once, as fan-out and hedging need; null when it may. A body of unknown
 * length may, once all of it was kept: ask again then.
 */
export function parallelRefusal(facts: ReplayFacts): ReplayRefusal | null {
  if (facts.upgrade) return "upgrade";
  return replayRefusal(facts);
}

/** The dispatch that a request gets where `wanted` is configured: sequential when it must not be sent twice at once. */
export function dispatchOf(wanted: Dispatch, facts: ReplayFacts): Dispatch {
  return parallelRefusal(facts) === null ? wanted : "sequential";
}

/**
 * Whether the next endpoint may be tried after an attempt that gave no usable answer; null when it may.
 * @param mayHaveReached false only when the connection failed, so that not a byte of the request was sent on it. A
 * request written to a pooled connection that turned out closed may have reached the endpoint (RFC 9112 section 9.3.1).
 */
export function retryRefusal(facts: ReplayFacts, mayHaveReached: boolean): ReplayRefusal | null {
  return mayHaveReached ? replayRefusal(facts) : null;
}

function replayRefusal(facts: ReplayFacts): ReplayRefusal | null {
  if (facts.replay !== "all" && !isIdempotent(facts.method)) return "not_idempotent";
  return facts.body === "none" || facts.body === "kept" ? null : "body_too_large";
}
