import type { ByteSink } from "../../byte_sink.ts";
import type { AttemptSpan } from "../../tracing/server_span.ts";
import { FieldId } from "../codec/field_id.ts";
import { latin1Bytes } from "../codec/latin1.ts";
import type { RequestHead } from "../codec/request_head.ts";
import { bits, copyFields, HOP_BY_HOP } from "./hop_by_hop.ts";
import type { EndpointRoute } from "./endpoint_route.ts";
import type { ForwardedFields } from "./forwarded_fields.ts";
import { maxForwards } from "./max_forwards.ts";
import { isPlainTarget, writeTarget } from "./request_target.ts";
import { droppedTraceFields, writeTraceParent } from "./trace_context.ts";
import { upgradeProtocols } from "./upgrade.ts";
import type { ViaLines } from "./via.ts";

/** How an app's requests are passed on. */
export interface RequestPolicy {
  /** Keep the client's Host; otherwise the endpoint's own is set. */
  readonly preserveHost: boolean;
  readonly via: ViaLines;
}

const DIGIT_ONE = 0x31;
const CRLF = latin1Bytes("\r\n");
const HOST = latin1Bytes("Host: ");
const VERSION = latin1Bytes(" HTTP/1.1\r\n");
const CHUNKED = latin1Bytes("Transfer-Encoding: chunked\r\n");
const TRAILERS_WELCOME = latin1Bytes("TE: trailers\r\nConnection: TE\r\n");
const DROPPED = HOP_BY_HOP | bits(FieldId.host);
/** Known fields that need more than being dropped or copied. */
const SPECIAL = bits(FieldId.te, FieldId.upgrade, FieldId.maxForwards);

/**
 * Appends the head that an endpoint gets for a client's request. Fields stay in their order and spelling; hop-by-hop
 * ones are dropped, Host, `Forwarded`, `X-Forwarded-*` and `Via` set. The body's framing stays what it was: the one
 * Content-Length, or chunked, written anew so that no spelling of it gets through. Always HTTP/1.1.
 * @param keepExpect pass on `Expect: 100-continue`; otherwise the caller answers it itself.
 * @param attempt of the request's trace; null where nothing is traced.
 */
export function writeForwardedRequest(
  out: ByteSink,
  head: RequestHead,
  route: EndpointRoute,
  forwarded: ForwardedFields,
  policy: RequestPolicy,
  keepExpect: boolean,
  attempt: AttemptSpan | null,
): void {
  writeRequestLine(out, head, route.basePath);
  if (policy.preserveHost && head.authorityStart !== head.authorityEnd) {
    out.append(HOST);
    out.copy(head.bytes, head.start + head.authorityStart, head.start + head.authorityEnd);
    out.append(CRLF);
  } else {
    out.append(route.hostLine);
  }
  let dropped = DROPPED | forwarded.dropped | droppedTraceFields(attempt);
  if (!keepExpect) dropped |= 1 << FieldId.expect;
  if (head.framing !== "chunked") dropped |= 1 << FieldId.trailer;
  const forwards = (head.seen & SPECIAL) === 0 ? -1 : maxForwards(head);
  if (forwards >= 0) dropped |= 1 << FieldId.maxForwards;
  copyFields(out, head, head.fieldsStart, dropped);
  if (head.framing === "chunked") out.append(CHUNKED);
  if (forwards > 0) out.text(`Max-Forwards: ${forwards - 1}\r\n`);
  if ((head.seen & SPECIAL) !== 0) writeConnection(out, head);
  forwarded.write(out, head);
  if (attempt !== null) writeTraceParent(out, attempt);
  out.append(policy.via[head.minorVersion === 0 ? 0 : 1]);
  out.append(CRLF);
}

function writeRequestLine(out: ByteSink, head: RequestHead, basePath: Uint8Array): void {
  const { bytes, start, fieldsStart } = head;
  const isHttp11 = bytes[start + fieldsStart - 3] === DIGIT_ONE;
  if (isHttp11 && isPlainTarget(head, basePath)) return out.copy(bytes, start, start + fieldsStart);
  out.copy(bytes, start, start + head.targetStart);
  writeTarget(out, head, basePath);
  out.append(VERSION);
}

/** What the next connection is asked for: another protocol, or that trailers may come. */
function writeConnection(out: ByteSink, head: RequestHead): void {
  const protocols = upgradeProtocols(head);
  if (protocols !== "") return out.text(`Connection: Upgrade\r\nUpgrade: ${protocols}\r\n`);
  const codings = head.get("te")?.toLowerCase().split(",") ?? [];
  if (codings.some((coding) => coding.trim() === "trailers")) out.append(TRAILERS_WELCOME);
}
