import type { TcpOptions } from "../engine.ts";
import { Sock } from "./constants.ts";
import { type Libc, NativeBuffer } from "./libc.ts";

const value = new NativeBuffer(8);

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
  if (keepAlive !== null) {
    setOption(libc, socket, Sock.IPPROTO_TCP, Sock.TCP_KEEPIDLE, keepAlive.idleS);
    setOption(libc, socket, Sock.IPPROTO_TCP, Sock.TCP_KEEPINTVL, keepAlive.intervalS);
    setOption(libc, socket, Sock.IPPROTO_TCP, Sock.TCP_KEEPCNT, keepAlive.count);
    // Last, so that the kernel's timer starts with the times above.
    setOption(libc, socket, Sock.SOL_SOCKET, Sock.SO_KEEPALIVE, 1);
  }
  if (userTimeoutMs > 0) setOption(libc, socket, Sock.IPPROTO_TCP, Sock.TCP_USER_TIMEOUT, userTimeoutMs);
}
