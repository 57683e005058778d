import fc from "fast-check";
import { PROXY_SIGNATURES } from "../../../../src/model/proxy_protocol.ts";
import { crc32c } from "../../../../src/data/proxy_protocol/crc32c.ts";
import type { ToldHeader } from "../../../../src/data/proxy_protocol/encode_proxy_header.ts";
import { TlvType, UNIX_BYTES } from "../../../../src/data/proxy_protocol/proxy_header.ts";
import type { SocketAddress } from "../../../../src/model/address.ts";

/** Text as bytes, one character each. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A header of version 2, whatever it says. @param kind family and transport. @param length where it is not that of the rest. */
export function v2(
  kind: number,
  rest: readonly number[] = [],
  { command = 0x21, length = rest.length }: { readonly command?: number; readonly length?: number } = {},
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...PROXY_SIGNATURES.v2, command, kind, length >> 8, length & 255, ...rest]);
}

/** 192.0.2.1:40000 to 198.51.100.7:443. */
export const IPV4 = [192, 0, 2, 1, 198, 51, 100, 7, 0x9c, 0x40, 0x01, 0xbb];

/** A TLV. */
export function tlv(type: number, value: readonly number[] | string): number[] {
  const bytes = typeof value === "string" ? [...bytesOf(value)] : value;
  return [type, bytes.length >> 8, bytes.length & 255, ...bytes];
}

/** The header with its checksum behind it. */
export function summed(rest: readonly number[]): Uint8Array<ArrayBuffer> {
  const header = v2(0x11, [...rest, ...tlv(TlvType.crc32c, [0, 0, 0, 0])]);
  new DataView(header.buffer).setUint32(header.length - 4, crc32c(header, header.length - 4));
  return header;
}

/** Headers that begin as one does, and are none; by what is wrong with them. */
export const BROKEN: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "v1 without a protocol": bytesOf("PROXY \r\n"),
  "v1 with an empty line": bytesOf("PROXY \n"),
  "v1 of an unknown protocol": bytesOf("PROXY UDP4 192.0.2.1 198.51.100.7 40000 443\r\n"),
  "v1 in lower case": bytesOf("PROXY tcp4 192.0.2.1 198.51.100.7 40000 443\r\n"),
  "v1 that ends in LF": bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 40000 443\n"),
  "v1 without ports": bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7\r\n"),
  "v1 without one port": bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 40000\r\n"),
  "v1 with one field more": bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 40000 443 1\r\n"),
  "v1 with a space at its end": bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 40000 443 \r\n"),
  "v1 with two spaces": bytesOf("PROXY TCP4  192.0.2.1 198.51.100.7 40000 443\r\n"),
  "v1 with a tab": bytesOf("PROXY TCP4\t192.0.2.1 198.51.100.7 40000 443\r\n"),
  "v1 with IPv6 as TCP4": bytesOf("PROXY TCP4 2001:db8::1 2001:db8::2 40000 443\r\n"),
  "v1 with IPv4 as TCP6": bytesOf("PROXY TCP6 192.0.2.1 198.51.100.7 40000 443\r\n"),
  "v1 with a name": bytesOf("PROXY TCP4 localhost 198.51.100.7 40000 443\r\n"),
  "v1 with a short address": bytesOf("PROXY TCP4 192.0.2 198.51.100.7 40000 443\r\n"),
  "v1 with a number too large": bytesOf("PROXY TCP4 192.0.2.256 198.51.100.7 40000 443\r\n"),
  "v1 with leading zeros": bytesOf("PROXY TCP4 192.0.2.01 198.51.100.7 40000 443\r\n"),
  "v1 with a port too large": bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 65536 443\r\n"),
  "v1 with a port with a zero before it": bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 040000 443\r\n"),
  "v1 with a negative port": bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 -1 443\r\n"),
  "v1 with a zone": bytesOf("PROXY TCP6 fe80::1%1 2001:db8::2 40000 443\r\n"),
  "v1 with two double colons": bytesOf("PROXY TCP6 2001::db8::1 2001:db8::2 40000 443\r\n"),
  "v1 with a CR within": bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 40000\r443\r\n"),
  "v1 that does not end": bytesOf(`PROXY UNKNOWN ${"a".repeat(93)}`),
  "v1 that ends one byte too late": bytesOf(`PROXY UNKNOWN ${"a".repeat(92)}\r\n`),
  "v2 of version 1": v2(0x11, IPV4, { command: 0x11 }),
  "v2 of version 3": v2(0x11, IPV4, { command: 0x31 }),
  "v2 with an unknown command": v2(0x11, IPV4, { command: 0x22 }),
  "v2 of an unknown family": v2(0x41, IPV4),
  "v2 of an unknown transport": v2(0x13, IPV4),
  "v2 of a family without a transport": v2(0x10, IPV4),
  "v2 of a transport without a family": v2(0x01, IPV4),
  "v2 too short for IPv4": v2(0x11, IPV4.slice(1)),
  "v2 too short for IPv6": v2(0x21, Array(35).fill(0)),
  "v2 too short for a unix socket": v2(0x31, Array(215).fill(0)),
  "v2 that is too long": v2(0x11, IPV4, { length: 4097 }),
  "v2 of the greatest length": v2(0x11, IPV4, { length: 65535 }),
  "v2 that is local and too long": v2(0x00, [], { command: 0x20, length: 4097 }),
  "v2 with half a TLV head": v2(0x11, [...IPV4, 2, 0]),
  "v2 with a TLV that is too long": v2(0x11, [...IPV4, 2, 0, 2, 65]),
  "v2 with bytes behind its TLVs": v2(0x11, [...IPV4, ...tlv(2, "a.example"), 0]),
  "v2 with another checksum": v2(0x11, [...IPV4, ...tlv(TlvType.crc32c, [1, 2, 3, 4])]),
  "v2 with a short checksum": v2(0x11, [...IPV4, ...tlv(TlvType.crc32c, [1, 2, 3])]),
  "v2 with a long unique id": v2(0x11, [...IPV4, ...tlv(TlvType.uniqueId, Array(129).fill(1))]),
  "v2 with a short SSL block": v2(0x11, [...IPV4, ...tlv(TlvType.ssl, [1, 0, 0, 0])]),
  "v2 with an SSL block that is broken": v2(0x11, [
    ...IPV4,
    ...tlv(TlvType.ssl, [1, 0, 0, 0, 0, 0x21, 0, 9, 84]),
  ]),
};

/** Objects as literals make them. */
const record = <T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

/** Ports and addresses of either family, as the parser writes them. */
const ipv4 = fc.ipV4();
const ipv6 = fc.tuple(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffff }))
  .map(([one, two]) => `2001:db8::${one.toString(16)}:${two.toString(16)}`);
const port = fc.integer({ min: 0, max: 65535 });
const address = (ip: fc.Arbitrary<string>): fc.Arbitrary<SocketAddress> => record({ ip, port });
const inet = (ip: fc.Arbitrary<string>): fc.Arbitrary<ToldHeader["addresses"]> =>
  record({ kind: fc.constant("inet" as const), source: address(ip), destination: address(ip) });
const path = fc.uint8Array({ minLength: UNIX_BYTES, maxLength: UNIX_BYTES });
const unix = record({ kind: fc.constant("unix" as const), source: path, destination: path });
const tlvs = fc.array(
  record({
    type: fc.constantFrom(TlvType.alpn, TlvType.authority, TlvType.uniqueId, 0xe0, 0xef),
    value: fc.uint8Array({ maxLength: 128 }),
  }),
  { maxLength: 5 },
);

/** Anything that a header of version 2 can tell. */
export const told: fc.Arbitrary<ToldHeader> = record({
  isLocal: fc.constant(false),
  addresses: fc.oneof(inet(ipv4), inet(ipv6), unix, fc.constant(null)),
  tlvs,
});

/** Anything that one of version 1 can tell. */
export const toldInText: fc.Arbitrary<ToldHeader> = record({
  isLocal: fc.constant(false),
  addresses: fc.oneof(inet(ipv4), inet(ipv6), fc.constant(null)),
  tlvs: fc.constant([]),
});
