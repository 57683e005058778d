import { MAX_TRACED_ATTEMPTS } from "../../base/limits.ts";
import type { Attempt } from "../../engine/engine.ts";
import type { SocketAddress } from "../../model/address.ts";
import type { AttemptResult, CallAnswer } from "../../model/why.ts";

/** An attempt that a trace has to tell of besides the one that succeeded. Times are `engine.now()`. */
export interface AttemptTrace {
  /** Index of the target. */
  readonly target: number;
  /** `ip:port` where it is a text. */
  readonly address: SocketAddress | string;
  readonly startedAt: number;
  /** When it was connected or over. */
  readonly endedAt: number;
  readonly result: AttemptResult;
  /** Why it failed, null else. */
  readonly error: string | null;
  /** In HTTP mode, of an attempt that connected. */
  readonly call: CallTrace | null;
}

/** A request at one endpoint. */
export interface CallTrace {
  readonly isHedge: boolean;
  readonly isReused: boolean;
  readonly answer: CallAnswer;
  /** 0 where no final head came. */
  readonly status: number;
  /** `engine.now()`, null where nothing came. */
  readonly firstByteAt: number | null;
}

/** An attempt that did not become the session's connection. @param error null where it was given up. */
export function lostAttempt(
  target: number,
  { address, startedAt }: Attempt,
  error: string | null,
  endedAt: number,
): AttemptTrace {
  const result = error === null ? "abandoned" : "failed";
  return { target, address, startedAt, endedAt, result, error, call: null };
}

/** Adds an attempt to a list that most sessions never need; a long one keeps its beginning. */
export function withAttempt(list: AttemptTrace[] | null, attempt: AttemptTrace): AttemptTrace[] {
  if (list === null) return [attempt];
  if (list.length < MAX_TRACED_ATTEMPTS) list.push(attempt);
  return list;
}
