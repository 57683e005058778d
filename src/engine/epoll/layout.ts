import { formatIPv4, formatIPv6 } from "../../base/ip_text.ts";
import type { SocketAddress } from "../../model/address.ts";
import { isIPv6 } from "../../model/address.ts";
import { Sock } from "./constants.ts";
import { NativeBuffer } from "./libc.ts";

/** `struct epoll_event` in 32-bit words (man 2 epoll_wait): the events, then a 64-bit datum of two words. */
export interface EpollEventLayout {
  /** Words from one event of an array to the next. */
  readonly stride: number;
  /** First word of the datum. */
  readonly data: number;
}

/** x86-64 packs the struct (`__EPOLL_PACKED` in glibc's `bits/epoll.h`), all other machines align the datum. */
const LAYOUTS: Partial<Record<typeof Deno.build.arch, EpollEventLayout>> = {
  x86_64: { stride: 3, data: 1 },
  aarch64: { stride: 4, data: 2 },
};

/** The layout of a machine, or null where none is known. */
export function epollEventLayout(arch: typeof Deno.build.arch): EpollEventLayout | null {
  return LAYOUTS[arch] ?? null;
}

/** Bytes of the largest socket address used, `struct sockaddr_in6` (man 7 ipv6). */
export const SOCKADDR_MAX_BYTES = 28;
const SOCKADDR_IN_BYTES = 16;
/** Where the IPv4 address is in a `sockaddr_in6` that has one, bytes. */
const MAPPED_AT = 20;

/** An encoded socket address: `struct sockaddr_in` or `sockaddr_in6` (man 7 ip, man 7 ipv6). */
export interface EncodedAddress {
  readonly family: number;
  readonly buffer: NativeBuffer;
  /** Bytes of the buffer that count. */
  readonly length: number;
}

/**
 * Encodes an address for the kernel.
 * @throws {TypeError} when it is not an IP literal. A scope (`%eth0`) must be numeric.
 */
export function encodeAddress(address: SocketAddress): EncodedAddress {
  const buffer = new NativeBuffer(32);
  const view = new DataView(buffer.bytes.buffer);
  view.setUint16(2, address.port);
  if (!isIPv6(address.ip)) {
    view.setUint16(0, Sock.AF_INET, true);
    view.setUint32(4, parseIPv4(address.ip));
    return { family: Sock.AF_INET, buffer, length: SOCKADDR_IN_BYTES };
  }
  view.setUint16(0, Sock.AF_INET6, true);
  const [literal = "", scope = "0"] = address.ip.split("%", 2);
  parseIPv6(literal).forEach((group, index) => view.setUint16(8 + index * 2, group));
  if (!/^\d+$/.test(scope)) throw new TypeError(`The scope of "${address.ip}" must be an interface's number`);
  view.setUint32(24, Number(scope), true);
  return { family: Sock.AF_INET6, buffer, length: SOCKADDR_MAX_BYTES };
}

/**
 * Decodes what the kernel wrote. IPv6 is written as in RFC 5952, an IPv4 peer of an IPv6 socket as IPv4; another family
 * gives an empty literal and port 0.
 */
export function decodeAddress(bytes: Uint8Array): SocketAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const family = view.getUint16(0, true);
  const port = view.getUint16(2);
  if (family === Sock.AF_INET) return { ip: formatIPv4(view.getUint32(4)), port };
  if (family !== Sock.AF_INET6) return { ip: "", port: 0 };
  if (isMapped(view)) return { ip: formatIPv4(view.getUint32(MAPPED_AT)), port };
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(8 + index * 2));
  const scope = view.getUint32(24, true);
  return { ip: formatIPv6(groups) + (scope === 0 ? "" : `%${scope}`), port };
}

/** An IPv4 address in an IPv6 one: 80 bits of zeros, 16 of ones, then the address (RFC 4291 section 2.5.5.2). */
function isMapped(view: DataView): boolean {
  return view.getUint32(8) === 0 && view.getUint32(12) === 0 && view.getUint32(16) === 0xffff;
}

function parseIPv4(literal: string): number {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(literal);
  const bytes = match?.slice(1).map(Number) ?? [];
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255)) {
    throw new TypeError(`"${literal}" is not an IP address`);
  }
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** The eight groups of an IPv6 literal (RFC 4291 section 2.2). */
function parseIPv6(literal: string): number[] {
  const halves = literal.split("::");
  const [head = [], tail = []] = halves.map(parseGroups);
  const missing = 8 - head.length - tail.length;
  const isComplete = halves.length === 1 ? missing === 0 : halves.length === 2 && missing >= 1;
  const groups = [...head, ...new Array<number>(Math.max(missing, 0)).fill(0), ...tail];
  if (!isComplete || groups.some(Number.isNaN)) throw new TypeError(`"${literal}" is not an IP address`);
  return groups;
}

function parseGroups(part: string): number[] {
  if (part === "") return [];
  return part.split(":").flatMap((group) => {
    if (/^[0-9a-f]{1,4}$/i.test(group)) return [parseInt(group, 16)];
    if (!group.includes(".")) return [Number.NaN];
    const embedded = parseIPv4(group);
    return [embedded >>> 16, embedded & 0xffff];
  });
}
