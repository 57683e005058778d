import type { ByteSink } from "../../byte_sink.ts";
import { FieldId } from "../codec/field_id.ts";
import { latin1Bytes } from "../codec/latin1.ts";
import type { Framing } from "../codec/message_head.ts";
import type { ResponseHead } from "../codec/response_head.ts";
import { bits, copyFields, HOP_BY_HOP } from "./hop_by_hop.ts";
import type { DateLine } from "./date_line.ts";
import type { ViaLines } from "./via.ts";

const DIGIT_ONE = 0x31;
const VERSION_BYTES = 8;
const CRLF = latin1Bytes("\r\n");
const HTTP11 = latin1Bytes("HTTP/1.1");
const NO_REASON = latin1Bytes(" \r\n");
const CHUNKED = latin1Bytes("Transfer-Encoding: chunked\r\n");
const CLOSE = latin1Bytes("Connection: close\r\n");
const KEEP_ALIVE = latin1Bytes("Connection: keep-alive\r\n");
const UPGRADE = latin1Bytes("Connection: Upgrade\r\n");
const HAS_DATE = bits(FieldId.date);
const DROPPED_IN_SWITCH = HOP_BY_HOP & ~bits(FieldId.upgrade);

/**
 * How the client is told where the body ends: an unknown length is chunked for HTTP/1.1, so that the connection may go
 * on and a truncated body shows, and ends with the connection for HTTP/1.0.
 * @param clientMinorVersion of the request.
 */
export function clientFraming(head: ResponseHead, clientMinorVersion: number): Framing {
  if (head.framing === "none" || head.framing === "length") return head.framing;
  return clientMinorVersion === 1 ? "chunked" : "close";
}

/**
 * Appends the head that the client gets for an endpoint's response, interim ones and 101 included. Fields stay in their
 * order and spelling; hop-by-hop ones are dropped, `Via` added, and `Date` where a final answer lacks it (RFC 9110
 * section 6.6.1).
 * @param clientMinorVersion of the request. Interim responses must not be sent to HTTP/1.0 (RFC 9110 section 15.2).
 * @param framing from {@link clientFraming}.
 * @param persistent whether the client's connection goes on; must be false for framing `close`.
 */
export function writeForwardedResponse(
  out: ByteSink,
  head: ResponseHead,
  clientMinorVersion: number,
  framing: Framing,
  persistent: boolean,
  via: ViaLines,
  date: DateLine | null,
): void {
  const from = writeStatusLine(out, head);
  let dropped = head.status === 101 ? DROPPED_IN_SWITCH : HOP_BY_HOP;
  if (framing !== "chunked") dropped |= 1 << FieldId.trailer;
  // A length is forbidden there (RFC 9110 section 8.6), and some clients would wait for the body.
  if (head.status === 204 || head.interim) dropped |= 1 << FieldId.contentLength;
  copyFields(out, head, from, dropped);
  if (framing === "chunked") out.append(CHUNKED);
  if (head.status === 101) out.append(UPGRADE);
  else if (!head.interim && !persistent) out.append(CLOSE);
  else if (!head.interim && clientMinorVersion === 0) out.append(KEEP_ALIVE);
  if (date !== null && !head.interim && (head.seen & HAS_DATE) === 0) date.write(out);
  out.append(via[head.minorVersion === 0 ? 0 : 1]);
  out.append(CRLF);
}

/** Writes what of the status line cannot go along with the fields; returns the offset to copy from. */
function writeStatusLine(out: ByteSink, head: ResponseHead): number {
  const hasSpace = head.reasonEnd > head.statusEnd;
  const isWhole = hasSpace && !head.hasBareStatusLine;
  if (head.bytes[head.start + VERSION_BYTES - 1] === DIGIT_ONE && isWhole) return 0;
  out.append(HTTP11);
  if (isWhole) return VERSION_BYTES;
  out.copy(head.bytes, head.start + VERSION_BYTES, head.start + head.reasonEnd);
  out.append(hasSpace ? CRLF : NO_REASON);
  return head.fieldsStart;
}
