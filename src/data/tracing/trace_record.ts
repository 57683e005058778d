import type { RequestFacts, SessionFacts } from "../access_facts.ts";
import { writeFacts } from "../access_line.ts";
import type { ByteSink } from "../byte_sink.ts";
import { writeCount, writeDuration, writeText } from "../write_json.ts";
import type { AttemptSpan, ServerSpan } from "./server_span.ts";

/** What a trace record has beside the keys of an access record. Times are `engine.now()`. */
export interface TraceFacts {
  readonly span: ServerSpan;
  /** Of the session or request. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** `ip:port` that the client came to. */
  readonly localAddr: string;
  /** What the request's head says; null where none was read, and in TCP mode. */
  readonly head: TracedHead | null;
}

/** What spans tell of a request's head besides. */
export interface TracedHead {
  /** Host and port as the client named them; empty where it did not. */
  readonly authority: string;
  readonly userAgent: string | null;
  /** 0 or 1, of HTTP/1. */
  readonly minorVersion: number;
  /** The `tracestate` that goes along with its parent. */
  readonly traceState: string | null;
}

/** Longest value of a field in a record, characters; `tracestate` may have 512. */
const MAX_VALUE_CHARS = 512;

/**
 * Appends one line: what the access log has of a session or request, and `trace`, of which control makes spans
 * (`TraceRecord` there).
 */
export function writeTraceRecord(
  out: ByteSink,
  facts: SessionFacts,
  request: RequestFacts | null,
  { span, startedAt, endedAt, localAddr, head }: TraceFacts,
): void {
  writeFacts(out, facts, request);
  writeText(out, ',"trace":{"trace_id":', span.traceId);
  writeText(out, ',"span_id":', span.spanId);
  writeText(out, ',"parent_span_id":', span.parent?.spanId ?? null);
  writeCount(out, ',"flags":', span.flags);
  writeText(out, ',"local_addr":', localAddr);
  if (head !== null) writeHead(out, head);
  out.text(',"attempts":[');
  for (const [index, attempt] of span.attempts.entries()) {
    writeAttempt(out, index === 0 ? "{" : ",{", attempt, startedAt, endedAt);
  }
  out.text("]}}\n");
}

function writeHead(out: ByteSink, { authority, userAgent, minorVersion, traceState }: TracedHead): void {
  writeText(out, ',"authority":', cut(authority));
  writeText(out, ',"user_agent":', cut(userAgent));
  writeText(out, ',"version":', minorVersion === 0 ? "1.0" : "1.1");
  writeText(out, ',"state":', cut(traceState));
}

/** One that goes on ends with the record. */
function writeAttempt(
  out: ByteSink,
  brace: string,
  attempt: AttemptSpan,
  startedAt: number,
  endedAt: number,
): void {
  writeText(out, `${brace}"span_id":`, attempt.spanId);
  writeText(out, ',"target":', attempt.target);
  writeText(out, ',"address":', attempt.address);
  writeDuration(out, ',"start_ms":', attempt.startedAt - startedAt);
  writeDuration(out, ',"duration_ms":', (attempt.endedAt ?? endedAt) - attempt.startedAt);
  writeCount(out, ',"status":', attempt.status);
  writeText(out, ',"error":', attempt.error);
  out.text(attempt.isHedge ? ',"hedge":true}' : ',"hedge":false}');
}

function cut(value: string | null): string | null {
  return value !== null && value.length > MAX_VALUE_CHARS ? value.slice(0, MAX_VALUE_CHARS) : value;
}
