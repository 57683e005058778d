import assert from "node:assert/strict";
import { ByteSink } from "../../../../../src/data/byte_sink.ts";
import { HttpEvent } from "../../../../../src/data/http/codec/http_event.ts";
import { DEFAULT_HTTP_LIMITS } from "../../../../../src/data/http/codec/http_limits.ts";
import { latin1, latin1Bytes } from "../../../../../src/data/http/codec/latin1.ts";
import type { RequestHead } from "../../../../../src/data/http/codec/request_head.ts";
import { RequestParser } from "../../../../../src/data/http/codec/request_parser.ts";
import type { ResponseHead } from "../../../../../src/data/http/codec/response_head.ts";
import { ResponseParser } from "../../../../../src/data/http/codec/response_parser.ts";
import { endpointRoute } from "../../../../../src/data/http/policy/endpoint_route.ts";
import { writeForwardedRequest } from "../../../../../src/data/http/policy/forward_request.ts";
import {
  clientFraming,
  writeForwardedResponse,
} from "../../../../../src/data/http/policy/forward_response.ts";
import {
  type ClientSide,
  ForwardedFields,
  type ForwardedMode,
} from "../../../../../src/data/http/policy/forwarded_fields.ts";
import type { AttemptSpan } from "../../../../../src/data/tracing/server_span.ts";
import { viaLines } from "../../../../../src/data/http/policy/via.ts";

/** What a test may choose; the rest is usual. */
export interface Forwarding {
  readonly host?: string;
  readonly basePath?: string;
  readonly preserveHost?: boolean;
  readonly mode?: ForwardedMode;
  readonly client?: ClientSide;
  readonly keepExpect?: boolean;
  readonly attempt?: AttemptSpan;
}

/** The client of {@link forwardRequest} where nothing else is said. */
export const CLIENT: ClientSide = { ip: "192.0.2.7", proto: "http", port: 8080 };
const VIA = viaLines("fproxy");

/** Head of a raw request, or null where it is refused. */
export function requestHead(raw: string): RequestHead | null {
  const parser = new RequestParser();
  return parser.parse(latin1Bytes(raw), 0) === HttpEvent.head ? parser.head : null;
}

/** First final head of a raw response, whose lines may end in LF alone, or null where there is none. */
export function responseHead(raw: string, upgrade = false): ResponseHead | null {
  const parser = new ResponseParser(DEFAULT_HTTP_LIMITS, true);
  parser.begin({ toHead: false, upgrade });
  const bytes = latin1Bytes(raw);
  let at = 0;
  for (;;) {
    if (parser.parse(bytes, at) !== HttpEvent.head) return null;
    at = parser.position;
    if (!parser.head.interim || parser.head.status === 101) return parser.head;
  }
}

/** What an endpoint gets for a raw request. */
export function forwardRequest(raw: string, how: Forwarding = {}): string {
  const head = requestHead(raw);
  assert.ok(head !== null, `refused: ${raw}`);
  return forwardHead(head, how);
}

/** What an endpoint gets for a request. */
export function forwardHead(head: RequestHead, how: Forwarding = {}): string {
  const out = new ByteSink(8);
  const forwarded = new ForwardedFields(how.client ?? CLIENT, how.mode ?? "off");
  const route = endpointRoute(how.host ?? "up.example:9000", how.basePath ?? "");
  const policy = { preserveHost: how.preserveHost ?? false, via: VIA };
  writeForwardedRequest(out, head, route, forwarded, policy, how.keepExpect ?? false, how.attempt ?? null);
  return latin1(out.bytes, 0, out.length);
}

/** What a client gets for a response. */
export function forwardResponse(raw: string, clientMinor = 1, persistent = true, upgrade = false): string {
  const head = responseHead(raw, upgrade);
  assert.ok(head !== null, `refused: ${raw}`);
  const out = new ByteSink(8);
  writeForwardedResponse(out, head, clientMinor, clientFraming(head, clientMinor), persistent, VIA, null);
  return latin1(out.bytes, 0, out.length);
}
