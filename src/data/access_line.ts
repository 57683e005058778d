import type { CloseReason } from "../model/close_reason.ts";
import type { ByteSink } from "./byte_sink.ts";
import { writeCount, writeDuration, writeText, writeTime } from "./json_fields.ts";
import type { Trace } from "./tracing/trace.ts";

/** What is known of a session when it has ended. Times in milliseconds, null where it did not come so far. */
export interface SessionFacts {
  /** End of the session, since the Unix epoch. */
  readonly ts: number;
  /** Unique within the process. */
  readonly id: string;
  readonly app: string;
  /** Key of the listener; holds the app's name where the port is the system's choice. */
  readonly listener: string;
  /** `ip:port`. */
  readonly clientAddr: string;
  /** Key of the target that took the session, null where none did. */
  readonly target: string | null;
  /** Targets that were tried, the last included. */
  readonly attempts: number;
  /** Keys of the targets that failed. */
  readonly tried: readonly string[];
  /** From accept to the open connection. */
  readonly connectMs: number | null;
  /** From accept to the target's first byte. */
  readonly firstByteMs: number | null;
  readonly durationMs: number;
  /** From the client. */
  readonly bytesIn: number;
  /** To the client. */
  readonly bytesOut: number;
  /** Revision of the app that the session ran under. */
  readonly revision: number;
  /** Strategy that chose the target. */
  readonly pickedBy: string;
  readonly closeReason: CloseReason;
}

/** What is known besides of a request in HTTP mode. */
export interface RequestFacts {
  /** Empty where no request line was read. */
  readonly method: string;
  /** Path and query as they were sent; of a long one its beginning. */
  readonly path: string;
  /** Of the final answer; 0 where there was none. */
  readonly status: number;
  /** Place in the config of the endpoint that answered, from 1; null where none did. */
  readonly endpoint: number | null;
  /** How the endpoints were asked. */
  readonly dispatch: string;
  /** What became of the body: kept to be sent again, streamed to one endpoint, or there was none. */
  readonly replay: "kept" | "streamed" | "none";
  /** The client spoke TLS. */
  readonly tls: boolean;
  /** Why the last answer that was refused or broke off did; null, and not written, where none was. */
  readonly answerError: string | null;
}

/** Longest path in a record, characters. */
const MAX_PATH_CHARS = 1024;

/**
 * Appends one line of the access log: a JSON object with the keys of the design in fixed order, and a newline. Written
 * by hand and byte by byte, since it is on every connection's way: `JSON.stringify` takes three times as long.
 * @param request what is known besides of a request in HTTP mode, null for a session.
 * @param trace where it is traced, null where it is not recorded.
 */
export function writeAccessRecord(
  out: ByteSink,
  facts: SessionFacts,
  request: RequestFacts | null,
  trace: Trace | null,
): void {
  writeFacts(out, facts, request);
  if (trace !== null) {
    writeText(out, ',"trace_id":', trace.traceId);
    writeText(out, ',"span_id":', trace.spanId);
  }
  out.text("}\n");
}

/** Appends the keys of a record, without the brace that closes it. */
export function writeFacts(out: ByteSink, facts: SessionFacts, request: RequestFacts | null): void {
  writeSession(out, facts);
  if (request !== null) writeRequest(out, request);
}

function writeRequest(out: ByteSink, request: RequestFacts): void {
  const { path } = request;
  writeText(out, ',"method":', request.method);
  writeText(out, ',"path":', path.length > MAX_PATH_CHARS ? path.slice(0, MAX_PATH_CHARS) : path);
  writeCount(out, ',"status":', request.status);
  writeCount(out, ',"endpoint":', request.endpoint);
  writeText(out, ',"dispatch":', request.dispatch);
  writeText(out, ',"replay":', request.replay);
  out.text(request.tls ? ',"tls":true' : ',"tls":false');
  if (request.answerError !== null) writeText(out, ',"answer_error":', request.answerError);
}

function writeSession(out: ByteSink, facts: SessionFacts): void {
  writeTime(out, facts.ts);
  writeText(out, ',"id":', facts.id);
  writeText(out, ',"app":', facts.app);
  writeText(out, ',"listener":', facts.listener);
  writeText(out, ',"client_addr":', facts.clientAddr);
  writeText(out, ',"target":', facts.target);
  writeCount(out, ',"attempts":', facts.attempts);
  out.text(',"tried":[');
  for (let index = 0; index < facts.tried.length; index++) {
    writeText(out, index === 0 ? "" : ",", facts.tried[index]!);
  }
  writeDuration(out, '],"connect_ms":', facts.connectMs);
  writeDuration(out, ',"first_byte_ms":', facts.firstByteMs);
  writeDuration(out, ',"duration_ms":', facts.durationMs);
  writeCount(out, ',"bytes_in":', facts.bytesIn);
  writeCount(out, ',"bytes_out":', facts.bytesOut);
  writeCount(out, ',"revision":', facts.revision);
  writeText(out, ',"picked_by":', facts.pickedBy);
  writeText(out, ',"close_reason":', facts.closeReason);
}
