import { formatIPv4, formatIpWords } from "../../base/ip_text.ts";
import {
  ADDRESS_BYTES,
  type ProxyAddresses,
  type ProxyHeader,
  UNIX_BYTES,
  V2_HEAD_BYTES,
} from "./proxy_header.ts";
import { broken, MORE_HEADER, type ProxyParse } from "./proxy_parse.ts";
import { readTlvs } from "./read_tlvs.ts";

/**
 * Most bytes behind the first 16. The protocol allows 65,535; nobody needs as many, and they wait in memory for each client.
 */
const MAX_V2_BYTES = 4096;

/** Longest header that is read. */
export const MAX_PROXY_HEADER_BYTES = V2_HEAD_BYTES + MAX_V2_BYTES;

const VERSION = 2;
const LOCAL = 0;
const PROXY = 1;
/** Families with their transports: none, TCP and UDP over IPv4 and IPv6, streams and datagrams of unix sockets. */
const KINDS: ReadonlySet<number> = new Set([0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32]);
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNIX_STREAM = 0x31;

const LOCAL_HEADER: ProxyHeader = { version: "v2", isLocal: true, addresses: null, tlvs: [] };

/** Reads a header of version 2. @param bytes begin with its signature. */
export function parseV2(bytes: Uint8Array): ProxyParse {
  if (bytes.length < V2_HEAD_BYTES) return MORE_HEADER;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint8(12) >>> 4;
  const command = view.getUint8(12) & 15;
  const length = V2_HEAD_BYTES + view.getUint16(14);
  if (version !== VERSION) return broken(`is of version ${version}`);
  if (command !== LOCAL && command !== PROXY) return broken(`has the unknown command ${command}`);
  if (length > MAX_PROXY_HEADER_BYTES) {
    return broken(`is longer than ${MAX_PROXY_HEADER_BYTES} bytes`);
  }
  if (bytes.length < length) return MORE_HEADER;
  // All else in it is to be ignored.
  if (command === LOCAL) return { type: "header", header: LOCAL_HEADER, length };
  const kind = view.getUint8(13);
  if (!KINDS.has(kind)) return broken(`has the unknown family and transport ${kind}`);
  const end = V2_HEAD_BYTES + (ADDRESS_BYTES[kind >>> 4] ?? 0);
  if (end > length) return broken("is too short for its addresses");
  const tlvs = readTlvs(bytes.subarray(0, length), end);
  if (typeof tlvs === "string") return broken(tlvs);
  const header: ProxyHeader = { version: "v2", isLocal: false, addresses: addressesOf(view, kind), tlvs };
  return { type: "header", header, length };
}

function addressesOf(view: DataView, kind: number): ProxyAddresses | null {
  const at = V2_HEAD_BYTES;
  if (kind === TCP4) {
    return {
      kind: "inet",
      source: { ip: formatIPv4(view.getUint32(at)), port: view.getUint16(at + 8) },
      destination: { ip: formatIPv4(view.getUint32(at + 4)), port: view.getUint16(at + 10) },
    };
  }
  if (kind === TCP6) {
    return {
      kind: "inet",
      source: { ip: readIPv6(view, at), port: view.getUint16(at + 32) },
      destination: { ip: readIPv6(view, at + 16), port: view.getUint16(at + 34) },
    };
  }
  if (kind !== UNIX_STREAM) return null;
  const path = (from: number): Uint8Array =>
    new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset + from, UNIX_BYTES).slice();
  return { kind: "unix", source: path(at), destination: path(at + UNIX_BYTES) };
}

function readIPv6(view: DataView, at: number): string {
  return formatIpWords([0, 4, 8, 12].map((offset) => view.getUint32(at + offset)));
}
