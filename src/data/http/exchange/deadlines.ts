import type { HttpPolicy } from "../../../model/http_policy.ts";
import type { RequestBody } from "./request_body.ts";

/** A peer that takes nothing of what was written to it is given up after this long at the earliest, milliseconds. */
const MIN_STALL_MS = 60_000;

/** What of a try counts for its times. */
export interface TimedTry {
  readonly startedAt: number;
  readonly lastByteAt: number;
  readonly blockedSince: number | null;
}

/**
 * When the endpoint that was asked has had its time. A body still on its way stops the clock, since it is the client who
 * is slow then; an endpoint that does not take it is given up in its own time.
 * @param wholeAt when the request had come whole, `Infinity` before.
 */
export function tryDeadline(tried: TimedTry, wholeAt: number, policy: HttpPolicy): number {
  if (tried.blockedSince !== null) return tried.blockedSince + stallMs(policy);
  return Math.max(tried.startedAt, wholeAt) + policy.attemptTimeoutMs;
}

/**
 * When the answer under way is to be cut: the client takes nothing, the endpoint takes nothing of the body, or it stops
 * within its answer.
 * @param clientBlockedSince since when the client takes nothing, null while it does.
 * @param idleTimeoutMs longest pause within the answer, 0 for any.
 */
export function answerDeadline(
  winner: TimedTry,
  clientBlockedSince: number | null,
  wholeAt: number,
  body: RequestBody,
  idleTimeoutMs: number,
  policy: HttpPolicy,
): number {
  const blockedSince = clientBlockedSince ?? winner.blockedSince;
  if (blockedSince !== null) return blockedSince + stallMs(policy);
  // While the body comes the client's pace counts.
  if (idleTimeoutMs === 0 || !body.complete) return Infinity;
  return Math.max(winner.lastByteAt, wholeAt) + idleTimeoutMs;
}

function stallMs({ bodyTimeoutMs }: HttpPolicy): number {
  return bodyTimeoutMs === 0 ? Infinity : Math.max(bodyTimeoutMs, MIN_STALL_MS);
}
