import type { CloseReason } from "../../../model/close_reason.ts";
import type { HttpPolicy } from "../../../model/http_policy.ts";
import type { Refusal } from "./exchange_end.ts";
import { EXHAUSTED, TIMED_OUT } from "./local_answers.ts";
import type { TryFailure } from "./try_owner.ts";

const REASONS: Readonly<Record<TryFailure, CloseReason>> = {
  bad_answer: "target_abort",
  timed_out: "idle_timeout",
  connect_failed: "connect_failed",
  resource: "resource",
};

/** Every endpoint was asked in vain, and there is no answer of theirs to give. @param failure of the last one. */
export function exhaustedOutcome(failure: TryFailure, onExhausted: HttpPolicy["onExhausted"]): Refusal {
  const isLate = onExhausted === "last" && failure === "timed_out";
  return {
    type: "refused",
    answer: isLate ? TIMED_OUT : EXHAUSTED[onExhausted === 500 ? 500 : 502],
    reason: REASONS[failure],
  };
}
