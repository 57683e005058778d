import type { TcpOptions } from "../engine.ts";
import { Sock } from "./constants.ts";
import { type Libc, NativeBuffer } from "./libc.ts";

const value = new NativeBuffer(8);

/** How often, and how often in vain, a peer is asked that may be gone; see {@link applyProbing}. */
const PROBING = { idleS: 1, intervalS: 1, count: 10 } as const;

/**
 * Sets an option whose value is an int. Options are wishes: one that this kernel does not know is left.
 */
export function setOption(libc: Libc, socket: number, level: number, option: number, wanted: number): void {
  value.words[0] = wanted;
  libc.call.setsockopt(socket, level, option, value.pointer, 4);
}

/**
 * Sets the options that a socket needs from its first byte on (man 7 tcp, man 7 socket). A listening socket hands them
 * down to what it accepts.
 */
export function applyEarlyOptions(libc: Libc, socket: number, options: TcpOptions): void {
  const { receiveBufferBytes, sendBufferBytes } = options;
  if (options.noDelay) setOption(libc, socket, Sock.IPPROTO_TCP, Sock.TCP_NODELAY, 1);
  if (receiveBufferBytes) setOption(libc, socket, Sock.SOL_SOCKET, Sock.SO_RCVBUF, receiveBufferBytes);
  if (sendBufferBytes) setOption(libc, socket, Sock.SOL_SOCKET, Sock.SO_SNDBUF, sendBufferBytes);
}

/** Whether {@link applyLateOptions} has something to set. */
export function hasLateOptions(options: TcpOptions): boolean {
  return options.keepAlive !== null || options.userTimeoutMs > 0;
}

/** Sets the options that take effect after seconds of silence. */
export function applyLateOptions(libc: Libc, socket: number, options: TcpOptions): void {
  const { keepAlive, userTimeoutMs } = options;
  if (keepAlive !== null) setKeepAlive(libc, socket, keepAlive);
  if (userTimeoutMs > 0) setOption(libc, socket, Sock.IPPROTO_TCP, Sock.TCP_USER_TIMEOUT, userTimeoutMs);
}

/**
 * Has the kernel ask a silent peer every second whether it is there (keep-alive, man 7 tcp). The kernel of one that has
 * forgotten the connection answers by an RST; one that does not answer at all is given up after 10 s.
 */
export function applyProbing(libc: Libc, socket: number): void {
  setKeepAlive(libc, socket, PROBING);
}

function setKeepAlive(libc: Libc, socket: number, times: NonNullable<TcpOptions["keepAlive"]>): void {
  setOption(libc, socket, Sock.IPPROTO_TCP, Sock.TCP_KEEPIDLE, times.idleS);
  setOption(libc, socket, Sock.IPPROTO_TCP, Sock.TCP_KEEPINTVL, times.intervalS);
  setOption(libc, socket, Sock.IPPROTO_TCP, Sock.TCP_KEEPCNT, times.count);
  // Last, so that the kernel's timer starts with the times above.
  setOption(libc, socket, Sock.SOL_SOCKET, Sock.SO_KEEPALIVE, 1);
}
