import type { SocketAddress } from "../../model/address.ts";
import { Sock } from "./constants.ts";
import { decodeAddress, SOCKADDR_MAX_BYTES } from "./layout.ts";
import { type Libc, NativeBuffer } from "./libc.ts";

const SIOCOUTQ = 0x5411n;

const value = new NativeBuffer(8);
const valueLength = new NativeBuffer(8);
const info = new NativeBuffer(32);
const name = new NativeBuffer(128);
const nameLength = new NativeBuffer(8);

/** Reads an option whose value is an int; -1 when that fails. */
export function readOption(libc: Libc, socket: number, level: number, option: number): number {
  valueLength.words[0] = 4;
  const result = libc.call.getsockopt(socket, level, option, value.pointer, valueLength.pointer);
  return result < 0 ? -1 : value.words[0] ?? -1;
}

/** The pending error of a socket, which this clears; 0 when there is none (`SO_ERROR`, man 7 socket). */
export function takeSocketError(libc: Libc, socket: number): number {
  return Math.max(readOption(libc, socket, Sock.SOL_SOCKET, Sock.SO_ERROR), 0);
}

/** The address that a socket is bound to; an empty literal and port 0 for a descriptor that is none. */
export function localAddress(libc: Libc, socket: number): SocketAddress {
  nameLength.words[0] = SOCKADDR_MAX_BYTES;
  if (libc.call.getsockname(socket, name.pointer, nameLength.pointer) < 0) return { ip: "", port: 0 };
  return decodeAddress(name.bytes);
}

/** Clients of a listening socket that the kernel has accepted and nobody has taken. */
export interface AcceptQueue {
  readonly waiting: number;
  /** Most that may wait; the next ones have to try again. */
  readonly limit: number;
}

/**
 * The accept queue of a listening socket; null when it cannot be read. The kernel puts it in two fields of `struct tcp_info`
 * (include/uapi/linux/tcp.h, tcp_get_info): `tcpi_unacked` and `tcpi_sacked`, after eight bytes and four words.
 */
export function acceptQueue(libc: Libc, socket: number): AcceptQueue | null {
  valueLength.words[0] = 32;
  const { IPPROTO_TCP, TCP_INFO } = Sock;
  const result = libc.call.getsockopt(socket, IPPROTO_TCP, TCP_INFO, info.pointer, valueLength.pointer);
  return result < 0 ? null : { waiting: info.words[6] ?? 0, limit: info.words[7] ?? 0 };
}

/** Bytes that were sent but not acknowledged by the peer's kernel (`SIOCOUTQ`, man 7 tcp); 0 for a closed socket. */
export function unsentBytes(libc: Libc, socket: number): number {
  return libc.call.ioctl(socket, SIOCOUTQ, value.pointer) < 0 ? 0 : value.words[0] ?? 0;
}

/** A number that no other socket of this machine ever had (`SO_COOKIE`), or null for what is none or has none. */
export function socketCookie(libc: Libc, socket: number): string | null {
  valueLength.words[0] = 8;
  const { SOL_SOCKET, SO_COOKIE } = Sock;
  if (libc.call.getsockopt(socket, SOL_SOCKET, SO_COOKIE, value.pointer, valueLength.pointer) < 0) {
    return null;
  }
  return `${value.words[0]}:${value.words[1]}`;
}
