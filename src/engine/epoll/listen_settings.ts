import type { ListenSettings } from "../engine.ts";
import { Sock } from "./constants.ts";
import type { Libc } from "./libc.ts";
import { readOption } from "./socket.ts";
import { applyEarlyOptions, setOption } from "./tcp_options.ts";

/** Bits of `SO_BUF_LOCK`: which sizes were set by hand, so that the kernel leaves them as they are (man 7 socket). */
const SEND_LOCK = 1;
const RECEIVE_LOCK = 2;

/**
 * Brings a socket that listens to these settings, whatever it had before. What it accepts inherits them, so they cost
 * nothing a connection. They count from the next handshake on, receive buffer and window scaling included: the kernel
 * works these out from the listening socket when a SYN arrives (man 7 tcp, man 7 socket).
 */
export function applyListenSettings(libc: Libc, socket: number, settings: ListenSettings): void {
  const { backlog, tcp, deferAcceptS = 0, fastOpenQueue = 0 } = settings;
  const { IPPROTO_TCP, TCP_NODELAY, TCP_DEFER_ACCEPT, TCP_FASTOPEN, SO_RCVBUF, SO_SNDBUF } = Sock;
  applyEarlyOptions(libc, socket, tcp);
  if (!tcp.noDelay) setOption(libc, socket, IPPROTO_TCP, TCP_NODELAY, 0);
  if (!tcp.receiveBufferBytes) leaveToSystem(libc, socket, SO_RCVBUF, RECEIVE_LOCK);
  if (!tcp.sendBufferBytes) leaveToSystem(libc, socket, SO_SNDBUF, SEND_LOCK);
  setOption(libc, socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, deferAcceptS);
  setOption(libc, socket, IPPROTO_TCP, TCP_FASTOPEN, fastOpenQueue);
  libc.call.listen(socket, backlog);
}

/** Takes a buffer's size back where one was set. Kernels before Linux 5.14 cannot: there it stays. */
function leaveToSystem(libc: Libc, socket: number, option: number, lock: number): void {
  const { SOL_SOCKET, SO_BUF_LOCK, AF_INET, STREAM, CLOEXEC } = Sock;
  const locks = readOption(libc, socket, SOL_SOCKET, SO_BUF_LOCK);
  if (locks < 0 || (locks & lock) === 0) return;
  const fresh = libc.call.socket(AF_INET, STREAM | CLOEXEC, 0);
  if (fresh < 0) return;
  // The kernel doubles what is set and tells the double.
  setOption(libc, socket, SOL_SOCKET, option, readOption(libc, fresh, SOL_SOCKET, option) / 2);
  libc.call.close(fresh);
  setOption(libc, socket, SOL_SOCKET, SO_BUF_LOCK, locks & ~lock);
}
