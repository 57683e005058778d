import type { Clock } from "../../base/clock.ts";
import { REPEATED_LOG_INTERVAL_MS } from "../../base/limits.ts";
import { Board, Shared } from "../../model/board.ts";
import type { Report } from "../../model/messages.ts";
import type { TargetSnapshot } from "../../model/snapshot.ts";
import type { LogThrottle } from "../log_throttle.ts";
import type { AttemptSpan } from "../tracing/server_span.ts";
import type { CodecError, CodecErrorCode } from "./codec/codec_error.ts";

/** What lets such an answer through, where a key of the config does. */
const REMEDIES: { readonly [code in CodecErrorCode]?: string } = {
  head_too_large: "raise http.max_response_header_size",
  too_many_fields: "raise http.max_response_headers",
  bare_lf: "set http.lenient_responses to true",
};

/** Says in the log which endpoints' answers were refused or broke off, and why, now and then for each target. */
export class AnswerRefusals {
  constructor(
    private readonly throttle: LogThrottle,
    private readonly clock: Pick<Clock, "wallTime">,
    private readonly report: (report: Report) => void,
  ) {}

  /** One of a target. @param attempt in which it came, null where nothing is traced. */
  ofTarget(
    app: string,
    target: TargetSnapshot,
    { code, message, section }: CodecError,
    attempt: AttemptSpan | null,
  ): void {
    const word = Board.word(target.slot, Shared.answerLoggedAt);
    if (!this.throttle.mayLog(word, this.clock.wallTime(), REPEATED_LOG_INTERVAL_MS)) return;
    const hint = REMEDIES[code];
    const fields = {
      app,
      target: target.key,
      code,
      error: message,
      rule: section,
      ...(hint === undefined ? {} : { hint }),
      ...(attempt === null || !attempt.isSampled
        ? {}
        : { trace_id: attempt.traceId, span_id: attempt.spanId }),
    };
    this.report({ type: "log", level: "warn", event: "answer_refused", fields });
  }
}
