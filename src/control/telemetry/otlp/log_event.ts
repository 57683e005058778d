import type { LogEntry } from "../../../base/log.ts";
import type { SpanIds } from "./rollout_spans.ts";

/** An event of the log on its way, and the span that it belongs to, null where that is not known. */
export interface LoggedEvent {
  readonly entry: LogEntry;
  readonly span: SpanIds | null;
}

/** Finds the span of an event: its own fields name it, or it tells of a rollout. */
export function loggedEvent(entry: LogEntry, ofRollout: SpanIds | null): LoggedEvent {
  const { trace_id: traceId, span_id: spanId } = entry.fields;
  const isOwn = typeof traceId === "string" && typeof spanId === "string";
  return { entry, span: isOwn ? { traceId, spanId } : ofRollout };
}
