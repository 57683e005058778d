import type { AttemptSpan } from "../../tracing/server_span.ts";
import { parseTraceParent, type TraceParent } from "../../tracing/trace_parent.ts";
import type { ByteSink } from "../../byte_sink.ts";
import { FieldId } from "../codec/field_id.ts";
import type { FieldLines } from "../codec/field_lines.ts";
import { bits } from "./hop_by_hop.ts";

const PARENT = bits(FieldId.traceparent);
const PARENT_AND_STATE = bits(FieldId.traceparent, FieldId.tracestate);

/** The client's `traceparent`; null where there is none, or none that can be used: more than one is malformed, too. */
export function traceParentOf(head: FieldLines): TraceParent | null {
  const line = head.find(FieldId.traceparent);
  if (line < 0 || (head.repeated & PARENT) !== 0) return null;
  return parseTraceParent(head.value(line));
}

/**
 * Ids of the client's fields that do not go on to an endpoint, as a bit set. `tracestate` goes on as it is, unless its trace
 * does not (W3C Trace Context section 4.3). Where nothing is traced both do.
 */
export function droppedTraceFields(attempt: AttemptSpan | null): number {
  if (attempt === null) return 0;
  return attempt.dropsState ? PARENT_AND_STATE : PARENT;
}

/** Appends the field that makes an attempt the parent of what its endpoint does. */
export function writeTraceParent(out: ByteSink, attempt: AttemptSpan): void {
  out.text(`traceparent: ${attempt.traceParent}\r\n`);
}
