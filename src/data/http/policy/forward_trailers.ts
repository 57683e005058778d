import type { ByteSink } from "../../byte_sink.ts";
import { FieldId } from "../codec/field_id.ts";
import { type FieldLines, ID_MASK, Line, LINE_STRIDE } from "../codec/field_lines.ts";

/**
 * Fields that say how a message is framed, routed, authorised, cached or read: in a trailer they come too late, and a
 * receiver that merges them into the head would be fooled (RFC 9110 section 6.5.1). Those with an id are dropped too.
 */
const NOT_IN_TRAILERS: ReadonlySet<string> = new Set([
  "age",
  "authorization",
  "cache-control",
  "content-encoding",
  "content-range",
  "content-type",
  "cookie",
  "expires",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "location",
  "pragma",
  "range",
  "retry-after",
  "set-cookie",
  "vary",
  "www-authenticate",
]);

/** Appends the last chunk, the trailer fields that may be passed on, and the end of the body. */
export function writeForwardedTrailers(out: ByteSink, trailers: FieldLines): void {
  out.text("0\r\n");
  for (let line = 0; line < trailers.count; line++) {
    const id = trailers.lines[line * LINE_STRIDE + Line.id]! & ID_MASK;
    const name = trailers.name(line);
    if (id !== FieldId.other || NOT_IN_TRAILERS.has(name.toLowerCase())) continue;
    out.text(`${name}: ${trailers.value(line)}\r\n`);
  }
  out.text("\r\n");
}
