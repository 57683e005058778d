import { equalsLower } from "./equals_lower.ts";
import { latin1Bytes } from "./latin1.ts";

/**
 * Field names that the proxy itself acts on, as small numbers. A head notes them while it is scanned, so that nothing
 * looks at the other lines again. All are below 32, to fit a bit set.
 */
export const FieldId = {
  /** Any other name. */
  other: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  keepAlive: 5,
  proxyConnection: 6,
  te: 7,
  trailer: 8,
  upgrade: 9,
  expect: 10,
  maxForwards: 11,
  forwarded: 12,
  xForwardedFor: 13,
  xForwardedProto: 14,
  xForwardedHost: 15,
  xForwardedPort: 16,
  proxyAuthorization: 17,
  proxyAuthenticate: 18,
  proxyAuthenticationInfo: 19,
  http2Settings: 20,
  via: 21,
  date: 22,
  /** A field that the message's own `Connection` names and that may be removed. */
  nominated: 23,
  traceparent: 24,
  tracestate: 25,
} as const;

/** Ids by lower-case name. */
const NAMES: Readonly<Record<string, number>> = {
  "host": FieldId.host,
  "content-length": FieldId.contentLength,
  "transfer-encoding": FieldId.transferEncoding,
  "connection": FieldId.connection,
  "keep-alive": FieldId.keepAlive,
  "proxy-connection": FieldId.proxyConnection,
  "te": FieldId.te,
  "trailer": FieldId.trailer,
  "upgrade": FieldId.upgrade,
  "expect": FieldId.expect,
  "max-forwards": FieldId.maxForwards,
  "forwarded": FieldId.forwarded,
  "x-forwarded-for": FieldId.xForwardedFor,
  "x-forwarded-proto": FieldId.xForwardedProto,
  "x-forwarded-host": FieldId.xForwardedHost,
  "x-forwarded-port": FieldId.xForwardedPort,
  "proxy-authorization": FieldId.proxyAuthorization,
  "proxy-authenticate": FieldId.proxyAuthenticate,
  "proxy-authentication-info": FieldId.proxyAuthenticationInfo,
  "http2-settings": FieldId.http2Settings,
  "via": FieldId.via,
  "date": FieldId.date,
  "traceparent": FieldId.traceparent,
  "tracestate": FieldId.tracestate,
};

const MAX_NAME_BYTES = 31;
/** First candidate by length and first letter; further ones of the same key follow through `NEXT`. */
const FIRST = new Uint8Array((MAX_NAME_BYTES + 1) * 32);
const NEXT = new Uint8Array(32);
const SPELLED: Uint8Array[] = [];

for (const [name, id] of Object.entries(NAMES)) {
  const spelled = latin1Bytes(name);
  const key = name.length * 32 + (spelled[0]! & 31);
  SPELLED[id] = spelled;
  NEXT[id] = FIRST[key]!;
  FIRST[key] = id;
}

/** Whether a `Connection` field may take lines of that id out of a message: the others are treated each in its own way. */
export function mayBeNominated(id: number): boolean {
  return id === FieldId.other || id === FieldId.traceparent || id === FieldId.tracestate;
}

/** The id of the field name at `start` (included) to `end` (excluded), a valid token in any case. */
export function fieldIdOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length > MAX_NAME_BYTES) return FieldId.other;
  let id = FIRST[length * 32 + (bytes[start]! & 31)]!;
  while (id !== FieldId.other && !equalsLower(bytes, start, end, SPELLED[id]!)) id = NEXT[id]!;
  return id;
}
