import type { WhyAttempt, WhyCandidate } from "../../../../model/why.ts";
import type { ThreadTrace } from "../../../sessions/why.ts";
import type { WhyView } from "./why.ts";

/** A trace as the API gives it. */
export function viewWhy(trace: ThreadTrace): WhyView {
  const { request, status } = trace;
  return {
    id: trace.id,
    app: trace.app,
    client: trace.client,
    listener: trace.listener,
    thread: trace.thread,
    revision: trace.revision,
    started_at: new Date(trace.startedAt).toISOString(),
    open: trace.isOpen,
    picked_by: trace.pickedBy,
    rule: trace.rule,
    candidates: trace.candidates.map(viewCandidate),
    candidates_left_out: trace.candidatesLeftOut,
    attempts: trace.attempts.map(viewAttempt),
    ...(request === null ? {} : { request }),
    ...(trace.isRequest ? { status } : {}),
    first_byte_ms: rounded(trace.firstByteMs),
    duration_ms: trace.isOpen ? null : rounded(trace.durationMs),
    bytes_in: trace.bytesIn,
    bytes_out: trace.bytesOut,
    first_ended: trace.firstEnded,
    closed_by: trace.closedBy,
    close_reason: trace.closeReason,
  };
}

function viewCandidate({ target, isTaken, passedOver }: WhyCandidate): WhyView["candidates"][number] {
  return { target, taken: isTaken, passed_over: passedOver };
}

function viewAttempt(attempt: WhyAttempt): WhyView["attempts"][number] {
  const { target, address, result, error, call } = attempt;
  return {
    target,
    address,
    at_ms: rounded(attempt.atMs),
    ms: rounded(attempt.ms),
    result,
    error,
    call: call === null ? null : {
      hedge: call.isHedge,
      reused: call.isReused,
      answer: call.answer,
      status: call.status === 0 ? null : call.status,
      first_byte_ms: rounded(call.firstByteMs),
    },
  };
}

/** To microseconds: what is behind that is noise. */
function rounded<Ms extends number | null>(ms: Ms): Ms {
  return (ms === null ? null : Math.round(ms * 1000) / 1000) as Ms;
}
