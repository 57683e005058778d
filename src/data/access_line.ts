import type { RequestFacts, SessionFacts } from "./access_facts.ts";
import type { ByteSink } from "./byte_sink.ts";
import { writeFront, writeMethod, writeRequestEnd, writeSessionEnd, writeTarget } from "./access_parts.ts";
import { writeCount, writeDuration, writeText } from "./write_json.ts";
import { writeInteger } from "./write_number.ts";

let secondOfPrefix = -1;
let timePrefix = "";

/** Longest path in a record, characters. */
const MAX_PATH_CHARS = 1024;

/**
 * Appends one line of the access log: a JSON object with the keys of the design in fixed order, and a newline. Written
 * by hand and byte by byte, since it is on every connection's way: `JSON.stringify` takes three times as long. What
 * most records have in common is encoded once, see `access_parts.ts`.
 */
export function writeAccessRecord(out: ByteSink, facts: SessionFacts): void {
  writeFields(out, facts);
  out.text("}\n");
}

/** As {@link writeAccessRecord}, with the keys of a request behind the others. */
export function writeRequestRecord(out: ByteSink, facts: SessionFacts, request: RequestFacts): void {
  const { path } = request;
  writeFields(out, facts);
  writeMethod(out, request.method);
  writeText(out, "", path.length > MAX_PATH_CHARS ? path.slice(0, MAX_PATH_CHARS) : path);
  writeRequestEnd(out, facts.target, request);
  if (request.answerError !== null) writeText(out, ',"answer_error":', request.answerError);
  out.text("}\n");
}

function writeFields(out: ByteSink, facts: SessionFacts): void {
  writeTime(out, facts.ts);
  writeText(out, ',"id":', facts.id);
  writeFront(out, facts);
  writeText(out, "", facts.clientAddr);
  writeTarget(out, facts);
  writeDuration(out, "", facts.connectMs);
  writeDuration(out, ',"first_byte_ms":', facts.firstByteMs);
  writeDuration(out, ',"duration_ms":', facts.durationMs);
  writeCount(out, ',"bytes_in":', facts.bytesIn);
  writeCount(out, ',"bytes_out":', facts.bytesOut);
  writeSessionEnd(out, facts);
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
