import type { Duplex } from "node:stream";
import type { SecureContext, TLSSocket } from "node:tls";
import { isIPv6 } from "../../model/address.ts";
import { TLS_HANDSHAKE_TIMEOUT_MS } from "../engine.ts";
import type { ClientTls, Timer } from "../engine.ts";
import { nodeTls } from "./node_tls.ts";
import { ReadBuffer } from "./read_buffer.ts";
import type { SharedParts } from "./shared_parts.ts";
import type { StreamSocket } from "./stream_socket.ts";

/** All that is spoken over TLS (RFC 7301 section 6). */
const ALPN = ["http/1.1"];

interface PendingRead {
  readonly buffer: Uint8Array;
  resolve(count: number | null): void;
  reject(error: unknown): void;
}

/**
 * TLS over a TCP connection, by `node:tls`, since Deno's own calls fall short. `Deno.listenTls` accepts without
 * `TCP_NODELAY`, so that a small write after another waits 40 ms for the peer's delayed acknowledgement, and it shows
 * one certificate for the life of its socket. `Deno.startTls` always verifies, and a connection that is closed within
 * its handshake keeps its descriptor until the peer lets go.
 */
export class TlsSocket implements StreamSocket {
  readonly #tcp: Deno.TcpConn;
  readonly #raw: Duplex;
  readonly #tls: TLSSocket;
  /** What encrypted bytes are read into. */
  readonly #buffer: ReadBuffer;
  readonly #handshake = Promise.withResolvers<void>();
  #deadline: Timer | null = null;
  /** More encrypted bytes are wanted. */
  #wanted = false;
  #pending: PendingRead | null = null;
  /** Decrypted bytes that did not fit into the buffer of the last read. */
  #rest: Uint8Array | null = null;
  #established = false;
  #ended = false;
  #failure: unknown = null;
  #closed = false;
  /** Encrypted bytes that came before there was a TLS socket. */
  #received: Uint8Array | null = null;
  /** Sent before the first encrypted bytes. */
  #prologue: Uint8Array | null;

  /** Begins the handshake. @param tcp belongs to the new socket from here on. */
  private constructor(
    tcp: Deno.TcpConn,
    parts: SharedParts,
    wrap: (raw: Duplex) => TLSSocket,
    established: "secure" | "secureConnect",
    prologue: Uint8Array | null = null,
  ) {
    this.#prologue = prologue;
    this.#tcp = tcp;
    this.#buffer = new ReadBuffer(parts.pool);
    this.#handshake.promise.catch(() => {});
    this.#raw = this.#rawStream();
    this.#tls = wrap(this.#raw);
    this.#tls.once(established, () => this.#onEstablished());
    this.#tls.on("readable", () => this.#deliver());
    this.#tls.once("end", () => this.#onEnd());
    this.#tls.on("error", (error) => this.#fail(error));
    this.#tls.once("close", () => this.#fail(new Deno.errors.ConnectionReset("the TLS connection is gone")));
  }

  /**
   * The server's side of a connection. A handshake that takes longer than the interface allows closes it.
   * @param received what came of it before.
   */
  static accept(
    tcp: Deno.TcpConn,
    secureContext: SecureContext,
    parts: SharedParts,
    received: Uint8Array | null = null,
  ): TlsSocket {
    const { TLSSocket } = nodeTls();
    const options = { isServer: true, secureContext, ALPNProtocols: ALPN };
    const socket = new TlsSocket(tcp, parts, (raw) => new TLSSocket(raw, options), "secure");
    socket.#received = received;
    socket.#deadline = parts.timers.add(TLS_HANDSHAKE_TIMEOUT_MS, () => socket.#timeOut());
    return socket;
  }

  /** The client's side. Its handshake has no deadline. */
  static connect(tcp: Deno.TcpConn, tls: ClientTls, parts: SharedParts): TlsSocket {
    const { connect } = nodeTls();
    const { serverName, caCerts, insecureSkipVerify, prologue = null } = tls;
    const options = {
      // What the certificate must be for; SNI is for names alone (RFC 6066 section 3).
      host: serverName,
      ...(isIpLiteral(serverName) ? {} : { servername: serverName }),
      ...(caCerts.length === 0 ? {} : { ca: [...caCerts] }),
      rejectUnauthorized: !insecureSkipVerify,
      ALPNProtocols: ALPN,
    };
    const wrap = (socket: Duplex): TLSSocket => connect({ ...options, socket });
    return new TlsSocket(tcp, parts, wrap, "secureConnect", prologue);
  }

  get remoteAddr(): Deno.NetAddr {
    return this.#tcp.remoteAddr;
  }

  get localAddr(): Deno.NetAddr {
    return this.#tcp.localAddr;
  }

  /** Resolves when the handshake is over and the peer is verified, rejects when it failed. */
  handshake(): Promise<void> {
    return this.#handshake.promise;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return new Promise((resolve, reject) => {
      this.#pending = { buffer, resolve, reject };
      this.#deliver();
    });
  }

  write(bytes: Uint8Array): Promise<number> {
    // TLS makes nothing of no bytes, but TCP tells whether the peer is still there.
    if (bytes.length === 0) return this.#tcp.write(bytes);
    return new Promise((resolve, reject) => {
      this.#tls.write(bytes, (error) => error ? reject(this.#failure ?? error) : resolve(bytes.length));
    });
  }

  /**
   * Tells the end of TLS and of TCP. Node calls back when the former was written, which is before the system has taken
   * it where the peer reads slowly; so the end of the stream below, which comes after that, is awaited as well.
   */
  closeWrite(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#tls.end((error?: Error) => error ? reject(error) : this.#raw.end(resolve));
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#fail(new Deno.errors.Interrupted("the TLS connection was closed"));
    this.#tls.destroy();
    this.#raw.destroy();
    this.#tcp.close();
  }

  #onEstablished(): void {
    this.#established = true;
    this.#deadline?.cancel();
    this.#handshake.resolve();
  }

  #onEnd(): void {
    if (this.#failure === null) this.#ended = true;
    this.#deliver();
  }

  #timeOut(): void {
    this.#fail(new Deno.errors.TimedOut(`no TLS handshake within ${TLS_HANDSHAKE_TIMEOUT_MS} ms`));
    this.close();
  }

  /** What was received before is still delivered. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#deadline?.cancel();
    this.#handshake.reject(this.#failure);
    this.#deliver();
  }

  /** Serves the read that waits, if it can be. */
  #deliver(): void {
    const pending = this.#pending;
    if (pending === null) return;
    this.#rest ??= this.#tls.read() as Uint8Array | null;
    if (this.#rest !== null) {
      this.#pending = null;
      pending.resolve(this.#take(pending.buffer, this.#rest));
    } else if (this.#ended) {
      this.#pending = null;
      pending.resolve(null);
    } else if (this.#failure !== null) {
      this.#pending = null;
      pending.reject(this.#failure);
    }
    this.#receive();
  }

  #take(buffer: Uint8Array, bytes: Uint8Array): number {
    const count = Math.min(bytes.length, buffer.length);
    buffer.set(bytes.subarray(0, count));
    this.#rest = count < bytes.length ? bytes.subarray(count) : null;
    return count;
  }

  /** The TCP connection as a stream of Node, which `node:tls` reads as fast as it may: so reading is held back here. */
  #rawStream(): Duplex {
    const tcp = this.#tcp;
    const first = (bytes: Uint8Array): Uint8Array => this.#withPrologue(bytes);
    return new (nodeTls().Duplex)({
      allowHalfOpen: true,
      read: () => {
        this.#wanted = true;
        // Within the constructor there is nothing to be held back by.
        queueMicrotask(() => this.#receive());
      },
      write(bytes: Uint8Array, _encoding, done): void {
        writeAll(tcp, first(bytes)).then(() => done(), done);
      },
      final(done): void {
        tcp.closeWrite().then(() => done(), () => done());
      },
    });
  }

  /** In one piece with the beginning of the handshake. */
  #withPrologue(bytes: Uint8Array): Uint8Array {
    const prologue = this.#prologue;
    if (prologue === null) return bytes;
    this.#prologue = null;
    const all = new Uint8Array(prologue.length + bytes.length);
    all.set(prologue);
    all.set(bytes, prologue.length);
    return all;
  }

  /** Reads from the system when that is wanted and everything decrypted was taken. */
  #receive(): void {
    if (!this.#wanted || this.#closed || this.#tls.readableLength > 0) return;
    this.#wanted = false;
    if (this.#received !== null) {
      const received = this.#received;
      this.#received = null;
      this.#raw.push(received);
      return;
    }
    this.#tcp.read(this.#buffer.bytes).then((count) => this.#onReceived(count), (error) => {
      this.#buffer.release();
      this.#fail(error);
    });
  }

  #onReceived(count: number | null): void {
    const bytes = this.#buffer.bytes.slice(0, count ?? 0);
    if (count === null || this.#closed) this.#buffer.release();
    else this.#buffer.adapt(count);
    if (count === null) this.#onRawEnd();
    else this.#raw.push(bytes);
  }

  #onRawEnd(): void {
    // Without an end of TLS before it, whoever is on the way may have cut off the rest (RFC 8446 section 6.1).
    if (!this.#established) {
      this.#fail(new Deno.errors.ConnectionReset("the peer left within the TLS handshake"));
    } else if (!isEndPushed(this.#tls)) this.#fail(new Deno.errors.UnexpectedEof("TCP ended before TLS"));
    this.#raw.push(null);
  }
}

async function writeAll(tcp: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await tcp.write(bytes.subarray(at));
}

/** Whether the stream has its end already, behind data that nobody took yet; only its inner state tells. */
function isEndPushed(stream: TLSSocket): boolean {
  return (stream as unknown as { readonly _readableState: { readonly ended: boolean } })._readableState.ended;
}

/** A host name has no colon, and letters in its last part. */
function isIpLiteral(host: string): boolean {
  return isIPv6(host) || /^[\d.]+$/.test(host);
}
