import { formatIPv6, formatIpWords } from "../../base/ip_text.ts";
import type { SocketAddress } from "../../model/address.ts";
import { localProxyHeader, PROXY_SIGNATURES, type ProxyVersion } from "../../model/proxy_protocol.ts";
import { readIpWords } from "../../strategy/rules/ip_words.ts";
import { type ProxyHeader, type ProxyTlv, UNIX_BYTES, V2_HEAD_BYTES } from "./proxy_header.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a header tells, whatever its version. */
export type ToldHeader = Omit<ProxyHeader, "version">;

/** First byte behind the signature: version 2, command PROXY. */
const PROXY = 0x21;
const UNSPECIFIED = 0x00;
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNIX_STREAM = 0x31;
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

/** Addresses as version 2 has them. */
interface EncodedAddresses {
  /** Family and transport. */
  readonly kind: number;
  readonly bytes: Bytes;
}

const NO_ADDRESSES: EncodedAddresses = { kind: UNSPECIFIED, bytes: new Uint8Array(0) };

/**
 * A PROXY header, ready to be sent (PROXY protocol specification, section 2). Version 1 has no words for unix sockets, nor
 * for TLVs: it says UNKNOWN of the former and nothing of the latter. Where source and destination are of different families
 * both are told as IPv6. What is local tells nothing else.
 * @throws {RangeError} when its TLVs are longer than the 65,535 bytes that a header can have.
 */
export function encodeProxyHeader(version: ProxyVersion, header: ToldHeader): Bytes {
  if (header.isLocal) return localProxyHeader(version);
  return version === "v1" ? encodeV1(header) : encodeV2(header);
}

function encodeV1({ addresses }: ToldHeader): Bytes {
  const words = addresses?.kind === "inet" ? wordsOf(addresses.source, addresses.destination) : null;
  if (words === null || addresses?.kind !== "inet") return localProxyHeader("v1");
  const { isIPv4, source, destination } = words;
  const format = isIPv4 ? formatIpWords : formatAsIPv6;
  const { source: { port: from }, destination: { port: to } } = addresses;
  const line = `PROXY ${isIPv4 ? "TCP4" : "TCP6"} ${format(source)} ${format(destination)} ${from} ${to}\r\n`;
  return new TextEncoder().encode(line);
}

function encodeV2({ addresses, tlvs }: ToldHeader): Bytes {
  const { kind, bytes } = encodeAddresses(addresses);
  const tlvBytes = tlvs.reduce((sum, { value }) => sum + 3 + value.length, 0);
  const length = bytes.length + tlvBytes;
  if (length > 0xffff) throw new RangeError(`Cannot encode a PROXY header of ${length} bytes: 65535 at most`);
  const out = new Uint8Array(V2_HEAD_BYTES + length);
  out.set(PROXY_SIGNATURES.v2);
  out.set([PROXY, kind, length >>> 8, length & 255], PROXY_SIGNATURES.v2.length);
  out.set(bytes, V2_HEAD_BYTES);
  writeTlvs(out, V2_HEAD_BYTES + bytes.length, tlvs);
  return out;
}

function writeTlvs(out: Bytes, start: number, tlvs: readonly ProxyTlv[]): void {
  let at = start;
  for (const { type, value } of tlvs) {
    out.set([type, value.length >>> 8, value.length & 255], at);
    out.set(value, at + 3);
    at += 3 + value.length;
  }
}

function encodeAddresses(addresses: ToldHeader["addresses"]): EncodedAddresses {
  if (addresses === null) return NO_ADDRESSES;
  if (addresses.kind === "unix") {
    const bytes = new Uint8Array(2 * UNIX_BYTES);
    bytes.set(addresses.source);
    bytes.set(addresses.destination, UNIX_BYTES);
    return { kind: UNIX_STREAM, bytes };
  }
  const words = wordsOf(addresses.source, addresses.destination);
  if (words === null) return NO_ADDRESSES;
  const size = words.isIPv4 ? IPV4_BYTES : IPV6_BYTES;
  const bytes = new Uint8Array(2 * size + 4);
  const view = new DataView(bytes.buffer);
  [words.source, words.destination].forEach((address, nth) => {
    const told = words.isIPv4 ? address.subarray(3) : address;
    told.forEach((word, at) => view.setUint32(nth * size + 4 * at, word));
  });
  view.setUint16(2 * size, addresses.source.port);
  view.setUint16(2 * size + 2, addresses.destination.port);
  return { kind: words.isIPv4 ? TCP4 : TCP6, bytes };
}

/** Null where one of them is no address. */
function wordsOf(
  from: SocketAddress,
  to: SocketAddress,
): { readonly isIPv4: boolean; readonly source: Uint32Array; readonly destination: Uint32Array } | null {
  const source = new Uint32Array(4);
  const destination = new Uint32Array(4);
  if (!readIpWords(from.ip, source) || !readIpWords(to.ip, destination)) return null;
  return { isIPv4: isMapped(source) && isMapped(destination), source, destination };
}

function isMapped([one, two, three]: Uint32Array): boolean {
  return one === 0 && two === 0 && three === 0xffff;
}

function formatAsIPv6(words: Uint32Array): string {
  if (isMapped(words)) return `::ffff:${formatIpWords(words)}`;
  return formatIPv6([...words].flatMap((word) => [word >>> 16, word & 0xffff]));
}
