import type { ByteSink } from "../../byte_sink.ts";
import { latin1Bytes } from "./latin1.ts";

const CRLF = latin1Bytes("\r\n");
const LAST_CHUNK = latin1Bytes("0\r\n\r\n");

/**
 * Appends `source` from `start` (included) to `end` (excluded) as one chunk (RFC 9112 section 7.1). Nothing is written
 * for no bytes: a chunk of size 0 would end the body.
 */
export function writeChunk(out: ByteSink, source: Uint8Array, start: number, end: number): void {
  if (start >= end) return;
  out.text((end - start).toString(16));
  out.append(CRLF);
  out.copy(source, start, end);
  out.append(CRLF);
}

/** Appends the end of a chunked body without trailers. */
export function writeLastChunk(out: ByteSink): void {
  out.append(LAST_CHUNK);
}
