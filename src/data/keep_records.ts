import type { RequestFacts, SessionFacts } from "./access_facts.ts";
import { writeAccessRecord } from "./access_line.ts";
import type { SessionContext } from "./client_session.ts";
import { type TraceFacts, writeTraceRecord } from "./tracing/trace_record.ts";

/**
 * Writes what is kept of a session, or a request, that has ended.
 * @param isLogged for the access log, and those who follow it. @param traced for its spans, null where it is not traced.
 */
export function keepRecords(
  { access, tracer }: SessionContext,
  facts: SessionFacts,
  request: RequestFacts | null,
  isLogged: boolean,
  traced: TraceFacts | null,
): void {
  if (isLogged) {
    writeAccessRecord(access.lines, facts, request, traced?.span ?? null);
    access.recorded();
  }
  if (traced === null || tracer === null) return;
  writeTraceRecord(tracer.records.lines, facts, request, traced);
  tracer.records.recorded();
}
