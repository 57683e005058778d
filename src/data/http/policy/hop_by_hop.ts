import type { ByteSink } from "../../byte_sink.ts";
import { FieldId } from "../codec/field_id.ts";
import { type FieldLines, ID_MASK, Line, LINE_STRIDE, REWRITE } from "../codec/field_lines.ts";

/** Ids of hop-by-hop fields, as a bit set: they are about one connection and end here (RFC 9110 section 7.6.1). */
export const HOP_BY_HOP: number = bits(
  FieldId.connection,
  FieldId.http2Settings,
  FieldId.keepAlive,
  FieldId.nominated,
  FieldId.proxyAuthenticate,
  FieldId.proxyAuthenticationInfo,
  FieldId.proxyAuthorization,
  FieldId.proxyConnection,
  FieldId.te,
  FieldId.transferEncoding,
  FieldId.upgrade,
);

/** A bit set of field ids. */
export function bits(...ids: number[]): number {
  return ids.reduce((set, id) => set | (1 << id), 0);
}

/**
 * Appends a section's lines, from offset `from` of the section on, except those with an id in `dropped`. What lies
 * between two dropped lines is copied in one go, so a start line before the fields may go along.
 */
export function copyFields(out: ByteSink, section: FieldLines, from: number, dropped: number): void {
  const { bytes, start, lines, known, knownCount } = section;
  for (let index = 0; index < knownCount; index++) {
    const line = known[index]!;
    const at = line * LINE_STRIDE;
    const id = lines[at + Line.id]!;
    const isDropped = ((dropped >>> (id & ID_MASK)) & 1) === 1;
    if (!isDropped && (id & REWRITE) === 0) continue;
    out.copy(bytes, start + from, start + lines[at]!);
    from = section.lineEnd(line);
    if (!isDropped) out.text(`${section.name(line)}: ${section.value(line)}\r\n`);
  }
  out.copy(bytes, start + from, start + section.fieldsEnd);
}
