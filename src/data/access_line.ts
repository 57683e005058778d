import type { CloseReason } from "../model/close_reason.ts";
import type { ByteSink } from "./byte_sink.ts";
import { writeInteger, writeMilliseconds } from "./write_number.ts";

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

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const TILDE = 0x7e;

let secondOfPrefix = -1;
let timePrefix = "";

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
const encoder = new TextEncoder();

/**
 * Appends one line of the access log: a JSON object with the keys of the design in fixed order, and a newline. Written
 * by hand and byte by byte, since it is on every connection's way: `JSON.stringify` takes three times as long.
 */
export function writeAccessRecord(out: ByteSink, facts: SessionFacts): void {
  writeFields(out, facts);
  out.text("}\n");
}

/** As {@link writeAccessRecord}, with the keys of a request behind the others. */
export function writeRequestRecord(out: ByteSink, facts: SessionFacts, request: RequestFacts): void {
  const { path } = request;
  writeFields(out, facts);
  writeText(out, ',"method":', request.method);
  writeText(out, ',"path":', path.length > MAX_PATH_CHARS ? path.slice(0, MAX_PATH_CHARS) : path);
  writeCount(out, ',"status":', request.status);
  writeCount(out, ',"endpoint":', request.endpoint);
  writeText(out, ',"dispatch":', request.dispatch);
  writeText(out, ',"replay":', request.replay);
  out.text(request.tls ? ',"tls":true' : ',"tls":false');
  if (request.answerError !== null) writeText(out, ',"answer_error":', request.answerError);
  out.text("}\n");
}

function writeFields(out: ByteSink, facts: SessionFacts): void {
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

/** Appends a key and a JSON string. */
function writeText(out: ByteSink, key: string, value: string | null): void {
  out.text(key);
  if (value === null) return out.text("null");
  const count = value.length;
  out.reserve(count + 2);
  const { bytes } = out;
  let at = out.length;
  bytes[at++] = QUOTE;
  for (let index = 0; index < count; index++) {
    const code = value.charCodeAt(index);
    // What has to be escaped, and what is not ASCII, is rare.
    if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) {
      return out.append(encoder.encode(JSON.stringify(value)));
    }
    bytes[at++] = code;
  }
  bytes[at++] = QUOTE;
  out.length = at;
}

function writeCount(out: ByteSink, key: string, value: number | null): void {
  out.text(key);
  if (value === null) out.text("null");
  else writeInteger(out, value);
}

function writeDuration(out: ByteSink, key: string, value: number | null): void {
  out.text(key);
  if (value === null) out.text("null");
  else writeMilliseconds(out, value);
}

/** As `Date.toISOString`; the part up to the second is kept from call to call. */
function writeTime(out: ByteSink, ts: number): void {
  const second = Math.floor(ts / 1000);
  if (second !== secondOfPrefix) {
    secondOfPrefix = second;
    timePrefix = `{"ts":"${new Date(second * 1000).toISOString().slice(0, 20)}`;
  }
  const millis = Math.floor(ts - second * 1000);
  out.text(timePrefix);
  if (millis < 100) out.text(millis < 10 ? "00" : "0");
  writeInteger(out, millis);
  out.text('Z"');
}
