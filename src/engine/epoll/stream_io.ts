import { Errno, Misc, Sock } from "./constants.ts";
import { type Libc, NativeBuffer } from "./libc.ts";
import type { Pipe } from "./pipe_pool.ts";

/** Bytes of the receive buffer that all connections of an engine share. */
export const RECEIVE_BYTES = 65_536;
/** Most bytes of one splice: short enough that one busy session does not hold up the others. */
const SPLICE_BYTES = 1_048_576n;
const RECEIVE_SIZE = BigInt(RECEIVE_BYTES);
const SPLICE_FLAGS = Misc.SPLICE_F_MOVE | Misc.SPLICE_F_NONBLOCK;

/** Errors of a socket in use that are believed at once. Asking twice would lose them: the kernel tells each only once. */
const EXPECTED: ReadonlySet<number> = new Set([
  Errno.EAGAIN,
  Errno.ECONNRESET,
  Errno.EPIPE,
  Errno.ETIMEDOUT,
  Errno.EHOSTUNREACH,
  Errno.ENETUNREACH,
]);

/** What the calls of {@link StreamIo} give when nothing can be moved now. */
export const WOULD_BLOCK: number = -Errno.EAGAIN;

/**
 * Moves bytes of sockets. Every call gives the number of bytes, or a negative error number; {@link WOULD_BLOCK} is
 * the one that is no failure.
 *
 * An error that is not expected is confirmed by a second call, since the runtime may have changed errno before it was
 * read. Repeating is safe: a call that failed moved nothing.
 */
export class StreamIo {
  readonly #libc: Libc;
  /** Where {@link receive} puts bytes; they stay until the next call. */
  readonly received: Uint8Array<ArrayBuffer>;
  readonly #buffer = new NativeBuffer(RECEIVE_BYTES);

  constructor(libc: Libc) {
    this.#libc = libc;
    this.received = this.#buffer.bytes;
  }

  /** Receives up to {@link RECEIVE_BYTES}; 0 at the peer's FIN. */
  receive(socket: number): number {
    const count = this.#libc.call.recv(socket, this.#buffer.pointer, RECEIVE_SIZE, 0);
    if (count >= 0) return count;
    const errno = this.#libc.errno;
    if (EXPECTED.has(errno)) return -errno;
    const again = this.#libc.call.recv(socket, this.#buffer.pointer, RECEIVE_SIZE, 0);
    // A FIN after an error is that error, told once already.
    return again > 0 ? again : again === 0 ? -errno : -this.#libc.errno;
  }

  /** Sends the first `length` bytes of what was received last. */
  sendReceived(socket: number, length: number): number {
    const size = BigInt(length);
    const count = this.#libc.call.send(socket, this.#buffer.pointer, size, Sock.MSG_NOSIGNAL);
    if (count >= 0) return count;
    const errno = this.#libc.errno;
    if (EXPECTED.has(errno)) return -errno;
    const again = this.#libc.call.send(socket, this.#buffer.pointer, size, Sock.MSG_NOSIGNAL);
    return again >= 0 ? again : -this.#libc.errno;
  }

  /** Sends an array. */
  send(socket: number, bytes: Uint8Array<ArrayBuffer>): number {
    const size = BigInt(bytes.length);
    const count = this.#libc.call.sendArray(socket, bytes, size, Sock.MSG_NOSIGNAL);
    if (count >= 0) return count;
    const errno = this.#libc.errno;
    if (EXPECTED.has(errno)) return -errno;
    const again = this.#libc.call.sendArray(socket, bytes, size, Sock.MSG_NOSIGNAL);
    return again >= 0 ? again : -this.#libc.errno;
  }

  /** Moves bytes from a socket into an empty pipe; 0 at the peer's FIN. */
  spliceIn(socket: number, pipe: Pipe): number {
    const count = this.#splice(socket, pipe.writeEnd, SPLICE_BYTES);
    if (count > 0) pipe.held += count;
    return count;
  }

  /** Moves what the pipe holds into a socket. The runtime ignores SIGPIPE, which `splice` would raise. */
  spliceOut(pipe: Pipe, socket: number): number {
    const count = this.#splice(pipe.readEnd, socket, BigInt(pipe.held));
    if (count > 0) pipe.held -= count;
    return count;
  }

  #splice(from: number, to: number, length: bigint): number {
    const { splice } = this.#libc.call;
    const count = splice(from, null, to, null, length, SPLICE_FLAGS);
    if (count >= 0) return count;
    const errno = this.#libc.errno;
    if (EXPECTED.has(errno)) return -errno;
    const again = splice(from, null, to, null, length, SPLICE_FLAGS);
    return again > 0 ? again : again === 0 ? -errno : -this.#libc.errno;
  }
}
