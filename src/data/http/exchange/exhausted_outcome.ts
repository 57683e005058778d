import type { CloseReason } from "../../../model/close_reason.ts";
import type { HttpPolicy } from "../../../model/http_policy.ts";
import type { LocalAnswer } from "../policy/local_answer.ts";
import { EXHAUSTED, TIMED_OUT } from "./local_answers.ts";
import type { TryFailure } from "./try_owner.ts";

/** What the client of an exhausted exchange gets, and how that is counted. */
export interface ExhaustedOutcome {
  readonly answer: LocalAnswer;
  readonly reason: CloseReason;
}

const REASONS: Readonly<Record<TryFailure, CloseReason>> = {
  bad_answer: "target_abort",
  timed_out: "idle_timeout",
  connect_failed: "connect_failed",
  resource: "resource",
};

/** Every endpoint was asked in vain, and there is no answer of theirs to give. @param failure of the last one. */
export function exhaustedOutcome(
  failure: TryFailure,
  onExhausted: HttpPolicy["onExhausted"],
): ExhaustedOutcome {
  const isLate = onExhausted === "last" && failure === "timed_out";
  return {
    answer: isLate ? TIMED_OUT : EXHAUSTED[onExhausted === 500 ? 500 : 502],
    reason: REASONS[failure],
  };
}
