import type { SecureContext } from "node:tls";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import type { Connection, ConnectionHandler, TcpOptions, Timer } from "../engine.ts";
import { LazyOptions, setOptions } from "./lazy_options.ts";
import { toNetError } from "./net_error.ts";
import { ReadBuffer } from "./read_buffer.ts";
import type { Disposable, SharedParts } from "./shared_parts.ts";
import { socketAddress } from "./socket_address.ts";
import type { StreamSocket } from "./stream_socket.ts";
import { TlsSocket } from "./tls_socket.ts";
import { WriteQueue } from "./write_queue.ts";

/** `write` gives false when more bytes than this wait. */
export const HIGH_WATER_BYTES = 64 * 1024;
/**
 * A peer that takes none of what was written before `close` for this long, or twice as long, is given up. Long, since
 * the system asks for more only when a third of its own buffer is free: with 4 MiB of it, a peer that takes 10 kB a
 * second shows every two minutes.
 */
export const LINGER_STALL_MS = 300_000;

/** A read that a connection had begun when a relay took it over. */
export interface BegunRead {
  readonly result: Promise<number | null>;
  /** What it reads into; from now on the relay's. */
  readonly buffer: ReadBuffer;
}

/** A client that is to speak TLS, but not yet. */
export interface DeferredTls {
  readonly socket: Deno.TcpConn;
  readonly tcp: TcpOptions;
  readonly secureContext: SecureContext;
}

/**
 * A connection over a `Deno.TcpConn`, or over TLS. At most one read and one write of Deno are under way. A read that
 * ends while the connection is paused is kept, as its promise, and delivered after `resume()`.
 */
export class DenoConnection implements Connection, Disposable {
  bagIndex = -1;
  handler: ConnectionHandler | null = null;
  /** Whether it was accepted or made by us. */
  readonly side: "client" | "target";
  readonly #parts: SharedParts;
  #socket: StreamSocket;
  /** Null over TLS, where they were set before. */
  #options: LazyOptions | null;
  /** What {@link startTls} needs, null where it has nothing to do. */
  #deferredTls: DeferredTls | null = null;
  readonly #queue: WriteQueue;
  #remote: SocketAddress | null = null;
  #local: SocketAddress | null = null;

  #paused = true;
  /** The read under way, or the one whose result is kept. */
  #read: Promise<number | null> | null = null;
  readonly #buffer: ReadBuffer;
  /** The read has ended, and nobody was told yet. */
  #held = false;
  /** Given back and not delivered again. */
  #unread: Uint8Array | null = null;
  #delivering = false;
  #readEnded = false;

  #writing = false;
  #owesDrain = false;
  #ending = false;
  #finSent = false;
  #onFlushed: (() => void) | null = null;
  #lingerTimer: Timer | null = null;

  #relayed = false;
  #closing = false;
  #closed = false;

  private constructor(
    parts: SharedParts,
    socket: StreamSocket,
    side: "client" | "target",
    options: LazyOptions | null,
  ) {
    this.#parts = parts;
    this.#socket = socket;
    this.side = side;
    this.#options = options;
    this.#queue = new WriteQueue(parts.pool);
    this.#buffer = new ReadBuffer(parts.pool);
    parts.register(this);
  }

  /** A plain connection; its options are set when they matter. */
  static plain(
    parts: SharedParts,
    socket: Deno.TcpConn,
    side: "client" | "target",
    tcp: TcpOptions,
  ): DenoConnection {
    return new DenoConnection(parts, socket, side, new LazyOptions(socket, tcp));
  }

  /** A client's connection that speaks TLS from {@link startTls} on. */
  static deferring(parts: SharedParts, deferred: DeferredTls): DenoConnection {
    const connection = DenoConnection.plain(parts, deferred.socket, "client", deferred.tcp);
    connection.#deferredTls = deferred;
    return connection;
  }

  /** A connection over TLS; its options are set already. */
  static secure(parts: SharedParts, socket: StreamSocket, side: "client" | "target"): DenoConnection {
    return new DenoConnection(parts, socket, side, null);
  }

  get remote(): SocketAddress {
    return this.#remote ??= socketAddress(this.#socket.remoteAddr);
  }

  get local(): SocketAddress {
    return this.#local ??= socketAddress(this.#socket.localAddr);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ending || this.#closing || this.#closed || this.#relayed) return true;
    this.#queue.push(bytes);
    if (!this.#writing && this.#queue.length > 0) this.#sendQueued();
    if (this.#queue.length <= HIGH_WATER_BYTES) return true;
    this.#owesDrain = true;
    return false;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (this.#closing || this.#closed || this.#relayed) return;
    this.#paused = false;
    if (!this.#delivering && !this.#readEnded) this.#goOn();
  }

  unread(bytes: Uint8Array): void {
    if (this.#closing || this.#closed || this.#relayed) return;
    if (bytes.length > 0) this.#unread = bytes.slice();
    if (!this.#readEnded) return;
    this.#readEnded = false;
    this.#read = ENDED;
    this.#held = true;
  }

  startTls(): void {
    const deferred = this.#deferredTls;
    if (deferred === null || this.#closing || this.#closed) return;
    this.#deferredTls = null;
    const { socket, tcp, secureContext } = deferred;
    setOptions(socket, tcp);
    this.#options = null;
    this.#socket = TlsSocket.accept(socket, secureContext, this.#parts, this.takeUnread());
  }

  setAddresses(remote: SocketAddress, local: SocketAddress): void {
    this.#remote = remote;
    this.#local = local;
  }

  /** Deno sets no times of keep-alive. */
  probePeer(): void {}

  end(): void {
    if (this.#ending || this.#closing || this.#closed || this.#relayed) return;
    this.#ending = true;
    if (!this.#writing) this.#sendFin();
  }

  close(): void {
    if (this.#closing || this.#closed) return;
    this.#closing = true;
    if (!this.#writing && this.#options !== null) return this.destroy();
    this.#parts.lingeringParts.begin();
    this.#lingerOn(Infinity);
    if (!this.#writing) this.#sayGoodbye();
  }

  reset(): void {
    this.destroy();
  }

  /** Closes the descriptor at once. */
  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#lingerTimer !== null) {
      this.#lingerTimer.cancel();
      this.#parts.lingeringParts.end();
    }
    this.#queue.clear(this.#writing);
    // A read under way, and a relay that took one over, still use it.
    if (!this.#relayed && (this.#read === null || this.#held)) this.#releaseBuffer();
    this.#parts.unregister(this);
    // What the kernel still has to send is sent, and a FIN: Deno shuts a connection down before it closes it, so that an
    // RST (of unread bytes, or by SO_LINGER) would come after the FIN, when no program looks for it any more.
    this.#socket.close();
  }

  tick(): void {
    this.#options?.whenSettled();
  }

  /**
   * Gives the reading side to a relay; no handler is called from here on.
   * @returns what was begun: a read, `"ended"` after the peer's FIN, or null.
   */
  detach(): BegunRead | "ended" | null {
    this.#relayed = true;
    this.handler = null;
    if (this.#readEnded) return "ended";
    if (this.#read !== null) return { result: this.#read, buffer: this.#buffer };
    this.#releaseBuffer();
    return null;
  }

  /** What was given back, for a relay that took over. */
  takeUnread(): Uint8Array | null {
    const unread = this.#unread;
    this.#unread = null;
    return unread;
  }

  /** Calls back when everything written has left, or cannot leave any more; at once when nothing waits. */
  whenFlushed(callback: () => void): void {
    if (this.#writing) this.#onFlushed = callback;
    else callback();
  }

  /** Reads once, for a relay. */
  receive(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    return this.#socket.read(buffer);
  }

  /** Writes once, for a relay: resolves to how many bytes the kernel took. */
  send(bytes: Uint8Array): Promise<number> {
    this.#options?.beforeWrite(bytes.length);
    return this.#socket.write(bytes);
  }

  /** Sends a FIN, for a relay. A peer that is gone already shows in the next read. */
  sendFin(): Promise<void> {
    return this.#socket.closeWrite().then(nothing, nothing);
  }

  /** What comes next is delivered: what was given back, the read that has ended, or a new one. */
  #goOn(): void {
    if (this.#unread !== null) {
      queueMicrotask(this.#deliverUnread);
    } else if (this.#read === null) {
      this.#startRead();
    } else if (this.#held) {
      this.#held = false;
      this.#read.then(this.#onRead, this.#onReadFailed);
    }
  }

  #startRead(): void {
    this.#read = this.#socket.read(this.#buffer.bytes);
    this.#read.then(this.#onRead, this.#onReadFailed);
  }

  readonly #onRead = (count: number | null): void => {
    if (this.#relayed) return;
    if (this.#closing || this.#closed) return this.#releaseBuffer();
    if (this.#paused || this.#unread !== null) {
      this.#held = true;
      return;
    }
    this.#read = null;
    if (count === null) this.#deliverEnd();
    else this.#deliver(count);
  };

  #deliver(count: number): void {
    this.#delivering = true;
    this.handler?.onData(this.#buffer.bytes.subarray(0, count));
    this.#delivering = false;
    if (this.#closing || this.#closed || this.#relayed) return this.#releaseBuffer();
    this.#buffer.adapt(count);
    if (this.#paused) return;
    if (this.#unread === null) this.#startRead();
    else this.#goOn();
  }

  readonly #deliverUnread = (): void => {
    if (this.#paused || this.#closing || this.#closed || this.#relayed) return;
    const bytes = this.takeUnread();
    // Paused and resumed meanwhile, it was asked for twice.
    if (bytes === null) return;
    this.#delivering = true;
    this.handler?.onData(bytes);
    this.#delivering = false;
    if (this.#closing || this.#closed || this.#relayed) {
      // One that is under way still reads into it.
      if (this.#read === null || this.#held) this.#releaseBuffer();
    } else if (!this.#paused) this.#goOn();
  };

  #deliverEnd(): void {
    this.#readEnded = true;
    this.#releaseBuffer();
    this.handler?.onEnd();
    if (this.#finSent) this.#finish(null);
  }

  readonly #onReadFailed = (error: unknown): void => {
    if (this.#relayed) return;
    this.#read = null;
    this.#releaseBuffer();
    if (!this.#closing) this.#finish(error);
  };

  #releaseBuffer(): void {
    // The handler still holds it; it is given back when the handler returns.
    if (!this.#delivering) this.#buffer.release();
  }

  #sendQueued(): void {
    this.#writing = true;
    this.send(this.#queue.head()).then(this.#onWritten, this.#onWriteFailed);
  }

  readonly #onWritten = (count: number): void => {
    if (this.#closed) return;
    this.#queue.shift(count);
    if (this.#queue.length > 0) return this.#sendQueued();
    this.#writing = false;
    if (this.#closing) return this.#sayGoodbye();
    if (this.#onFlushed !== null) return this.#onFlushed();
    if (this.#ending) this.#sendFin();
    if (!this.#owesDrain) return;
    this.#owesDrain = false;
    this.handler?.onDrain();
  };

  readonly #onWriteFailed = (error: unknown): void => {
    if (this.#closed) return;
    this.#writing = false;
    this.#queue.clear(false);
    if (this.#closing) this.destroy();
    else if (this.#onFlushed !== null) this.#onFlushed();
    else this.#finish(error);
  };

  /** @param leftBefore bytes that still waited a while ago. */
  #lingerOn(leftBefore: number): void {
    const left = this.#queue.length;
    if (left >= leftBefore) return this.destroy();
    this.#lingerTimer = this.#parts.timers.add(LINGER_STALL_MS, () => this.#lingerOn(left));
  }

  /** The end of a TLS connection is told, since one that just stops may have been cut (RFC 8446 section 6.1). */
  #sayGoodbye(): void {
    if (this.#options !== null) return this.destroy();
    this.sendFin().then(() => this.destroy());
  }

  #sendFin(): void {
    this.sendFin().then(() => {
      if (this.#closed || this.#closing) return;
      this.#finSent = true;
      if (this.#readEnded) this.#finish(null);
    });
  }

  #finish(error: unknown): void {
    if (this.#closed) return;
    const handler = this.handler;
    this.destroy();
    if (error === null) handler?.onClose(null);
    else handler?.onClose(toNetError(error, `exchange data with ${formatAddress(this.remote)}`, this.side));
  }
}

function nothing(): void {}

/** A read that found the peer's end. */
const ENDED: Promise<null> = Promise.resolve(null);
