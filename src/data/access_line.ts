import type { RequestFacts, SessionFacts } from "./access_facts.ts";
import type { ByteSink } from "./byte_sink.ts";
import { writeFront, writeMethod, writeRequestEnd, writeSessionEnd, writeTarget } from "./access_parts.ts";
import type { ServerSpan } from "./tracing/server_span.ts";
import { writeCount, writeDuration, writeText, writeTime } from "./write_json.ts";

/** Longest path in a record, characters. */
const MAX_PATH_CHARS = 1024;

/**
 * Appends one line of the access log: a JSON object with the keys of the design in fixed order, and a newline. Written
 * by hand and byte by byte, since it is on every connection's way: `JSON.stringify` takes three times as long. What
 * most records have in common is encoded once, see `access_parts.ts`.
 * @param request what is known besides of a request in HTTP mode, null for a session.
 * @param span where it is traced, null where it is not recorded.
 */
export function writeAccessRecord(
  out: ByteSink,
  facts: SessionFacts,
  request: RequestFacts | null,
  span: ServerSpan | null,
): void {
  writeFacts(out, facts, request);
  if (span !== null) {
    writeText(out, ',"trace_id":', span.traceId);
    writeText(out, ',"span_id":', span.spanId);
  }
  out.text("}\n");
}

/** Appends the keys of a record, without the brace that closes it. */
export function writeFacts(out: ByteSink, facts: SessionFacts, request: RequestFacts | null): void {
  writeSession(out, facts);
  if (request !== null) writeRequest(out, facts.target, request);
}

function writeRequest(out: ByteSink, target: string | null, request: RequestFacts): void {
  const { path } = request;
  writeMethod(out, request.method);
  writeText(out, "", path.length > MAX_PATH_CHARS ? path.slice(0, MAX_PATH_CHARS) : path);
  writeRequestEnd(out, target, request);
  if (request.answerError !== null) writeText(out, ',"answer_error":', request.answerError);
}

function writeSession(out: ByteSink, facts: SessionFacts): void {
  writeTime(out, facts.ts);
  writeText(out, ',"id":', facts.id);
  writeFront(out, facts);
  writeText(out, "", facts.clientAddr);
  if (facts.proxyAddr !== null) writeText(out, ',"proxy_addr":', facts.proxyAddr);
  writeTarget(out, facts);
  writeDuration(out, "", facts.connectMs);
  writeDuration(out, ',"first_byte_ms":', facts.firstByteMs);
  writeDuration(out, ',"duration_ms":', facts.durationMs);
  writeCount(out, ',"bytes_in":', facts.bytesIn);
  writeCount(out, ',"bytes_out":', facts.bytesOut);
  writeSessionEnd(out, facts);
}
