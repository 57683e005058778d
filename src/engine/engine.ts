import type { NetError } from "../base/errors.ts";
import type { SocketAddress } from "../model/address.ts";
import type { ServerCertificate } from "../model/http_policy.ts";

/**
 * What moves bytes on one data thread. Everything is callback-style and synchronous, so that the same code in `data/`
 * runs in a thread that blocks in the kernel (`epoll`) and over an event loop (`deno`).
 *
 * All callbacks run on the engine's own thread, never inside the call that caused them except where a method says so.
 * A callback that throws is a bug of its owner: it ends the thread, and the supervisor replaces it.
 */
export interface Engine {
  /** Name in config, status and logs. */
  readonly name: EngineName;
  /** Milliseconds on a monotonic clock; may be as old as the present turn of the loop. */
  now(): number;

  /**
   * Binds and listens at once; connections are handed over until the listener is closed.
   * @throws {NetError} codes `in_use`, `denied`, `unavailable_address`, `exhausted`, `other`; `tls` where the options
   * ask for TLS and the engine has none.
   */
  listen(address: SocketAddress, options: ListenOptions, handler: AcceptHandler): Listener;

  /**
   * Starts one connection attempt to one address. Exactly one of `onOpen` and `onFail` follows, never inside this
   * call, unless the attempt is cancelled first; then neither does.
   * @throws {NetError} code `tls` where the options ask for TLS and the engine has none.
   */
  connect(address: SocketAddress, options: ConnectOptions, handler: ConnectHandler): Attempt;

  /**
   * Moves bytes both ways between two open connections until both directions ended or one failed. The connections
   * belong to the relay from here on: their handlers are called no more. A FIN is passed on after the bytes before it
   * (the other direction goes on), a reset after the bytes received before it were written. Memory a direction is
   * bounded by {@link RELAY_MAX_BUFFER_BYTES}.
   */
  relay(client: Connection, target: Connection, handler: RelayHandler): Relay;

  /**
   * Calls back once, not before `delayMs` have passed (coarse: some milliseconds late is normal).
   * @param delayMs 0 to 2^31 - 1.
   */
  timer(delayMs: number, callback: () => void): Timer;

  /**
   * Connections that were closed while bytes still waited to be sent ({@link Connection.close}). They go on until these
   * have left, or the peer has taken none for long; a shutdown cuts them off.
   */
  readonly lingering: number;

  /** Tells of each connection that begins (1) or ceases (-1) to be {@link lingering}. The last call counts. */
  watchLingering(onChange: (change: 1 | -1) => void): void;

  /** Calls back once nothing is {@link lingering}; within this call if that is so now. */
  whenFlushed(callback: () => void): void;

  /** Frees what the engine holds (listeners, connections, timers) without callbacks. Twice is harmless. */
  shutdown(): void;
}

/** Engines by name. */
export type EngineName = "deno" | "epoll";

/** Largest number of bytes that a relay holds in user space for one direction. */
export const RELAY_MAX_BUFFER_BYTES = 256 * 1024;

/** Longest TLS handshake of a client. */
export const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;

/** Options of the sockets of one app, both sides. Where an engine cannot set one it is left as it is. */
export interface TcpOptions {
  /** `TCP_NODELAY`: small writes leave at once. */
  readonly noDelay: boolean;
  /** `SO_KEEPALIVE` with its times in seconds, or null for none. */
  readonly keepAlive: { readonly idleS: number; readonly intervalS: number; readonly count: number } | null;
  /** `TCP_USER_TIMEOUT` in milliseconds, 0 for the system's own. */
  readonly userTimeoutMs: number;
  /** `SO_RCVBUF` in bytes; the system's own, which adapts itself, where it is left out. */
  readonly receiveBufferBytes?: number;
  /** `SO_SNDBUF` in bytes; the system's own, which adapts itself, where it is left out. */
  readonly sendBufferBytes?: number;
}

/** What can be changed while a socket listens. */
export interface ListenSettings {
  /** Connections that the kernel queues before they are accepted (capped by `net.core.somaxconn`). */
  readonly backlog: number;
  /** Applied to each accepted connection. */
  readonly tcp: TcpOptions;
  /** `TCP_DEFER_ACCEPT` in seconds: a client is accepted when its first bytes are there. 0 or left out: at once. */
  readonly deferAcceptS?: number;
  /** `TCP_FASTOPEN`: clients in the middle of such a handshake at once. 0 or left out: it is not offered. */
  readonly fastOpenQueue?: number;
  /** TLS with a client begins by {@link Connection.startTls}. Left out: with the accept. */
  readonly deferTls?: boolean;
}

/** How a listening socket is made. */
export interface ListenOptions extends ListenSettings {
  /**
   * Descriptor of a listening socket to adopt instead of binding one; only where the engine adopts listeners. It stays
   * the caller's: the engine works on a duplicate, which `close` closes.
   */
  readonly descriptor?: number;
  /** Clients speak TLS, see {@link Listener.setCertificate}; only in the `deno` engine. Left out: plain TCP. */
  readonly tls?: ServerCertificate;
}

/** TLS of an outgoing connection: version 1.2 or 1.3, ALPN `http/1.1`. */
export interface ClientTls {
  /** DNS name or IP literal that the peer's certificate must be for; a name is sent as SNI (RFC 6066 section 3). */
  readonly serverName: string;
  /** PEM of authorities to trust in place of those that the runtime trusts; empty for those. */
  readonly caCerts: readonly string[];
  /** Takes any certificate, also an expired one or one for another name. */
  readonly insecureSkipVerify: boolean;
  /** Sent as it is before the handshake. Left out: nothing. */
  readonly prologue?: Uint8Array;
}

/** Receives what a listener accepts. */
export interface AcceptHandler {
  /** A new client; it is paused until `resume()` or `relay()`. The receiver owns it. */
  onAccept(connection: Connection, listener: Listener): void;
  /** Accepting failed (code `exhausted` or `aborted`); the engine backs off and goes on by itself. */
  onAcceptError(error: NetError, listener: Listener): void;
}

/** One listening socket. */
export interface Listener {
  /** As bound: the port is the real one where 0 was asked for. */
  readonly address: SocketAddress;
  /** Stops accepting: connections wait in the kernel's queue. Twice is harmless. */
  pause(): void;
  /** Accepts again after `pause()`. */
  resume(): void;
  /**
   * From the next client on TLS is spoken and this certificate shown, or plain TCP with null; open connections keep
   * theirs, and the socket stays open. A client is handed over before its handshake, which goes on by itself: one that
   * fails, or is not over within {@link TLS_HANDSHAKE_TIMEOUT_MS}, shows as the connection's `onClose`.
   * @throws {NetError} code `tls` where the engine has no TLS, or cannot use the certificate; what was shown before stays.
   */
  setCertificate(certificate: ServerCertificate | null): void;
  /**
   * For the connections that are accepted from now on; open ones keep their options. Where the engine cannot change
   * them on a socket that listens, those of the socket itself count for sockets that are opened later.
   */
  setSettings(settings: ListenSettings): void;
  /**
   * Accepts what the kernel has queued (handing it to the handler), then closes the socket and calls back.
   * A second call is ignored.
   */
  close(onClosed: () => void): void;
}

/** How an outgoing connection is made. */
export interface ConnectOptions {
  /** The attempt fails with code `timed_out` after this long; above 0. */
  readonly timeoutMs: number;
  /** Applied to the connection. */
  readonly tcp: TcpOptions;
  /** The connection is open when the TLS handshake is over; only in the `deno` engine. Left out: plain TCP. */
  readonly tls?: ClientTls;
}

/** Receives the outcome of one attempt. */
export interface ConnectHandler {
  /** The connection is open and paused; the receiver owns it. */
  onOpen(connection: Connection, attempt: Attempt): void;
  /**
   * Codes `refused`, `unreachable`, `timed_out`, `reset`, `denied`, `exhausted`, `unavailable_address`, `other`, and
   * `tls`: no handshake, or a certificate that is not trusted or for another name.
   */
  onFail(error: NetError, attempt: Attempt): void;
}

/** One connection attempt under way. */
export interface Attempt {
  /** Where it goes: the object that {@link Engine.connect} was given. */
  readonly address: SocketAddress;
  /** `engine.now()` at its start. */
  readonly startedAt: number;
  /** Gives up without a callback; after the outcome it does nothing. */
  cancel(): void;
}

/** One TCP connection. It begins paused. */
export interface Connection {
  /** The peer's address, unless {@link setAddresses} said otherwise. */
  readonly remote: SocketAddress;
  /** Our own address, unless {@link setAddresses} said otherwise. */
  readonly local: SocketAddress;
  /** Who is told what happens; must be set before `resume()` or `write()`. */
  handler: ConnectionHandler | null;
  /**
   * Queues bytes; they are copied where they cannot be sent at once, so the caller may reuse the array.
   * @returns false when more than the high-water mark waits: hold back until `onDrain`.
   */
  write(bytes: Uint8Array): boolean;
  /** No `onData` or `onEnd` until `resume()`; the kernel's window closes behind it. */
  pause(): void;
  /** Delivers data again. */
  resume(): void;
  /**
   * Gives bytes back that were delivered: they are copied, and come first of all when the connection is next resumed, or go
   * first in a relay, which counts them. An end that was told is told again after them. Only while paused, and not again
   * before they were delivered.
   */
  unread(bytes: Uint8Array): void;
  /**
   * Begins TLS with a client whose listener shows a certificate and defers it ({@link ListenSettings.deferTls}); what was
   * given back is its beginning. Without effect on all other connections. Only while paused, from within `onData` or before
   * the first `resume()`: no read may be under way that would take bytes from it.
   */
  startTls(): void;
  /** Has {@link remote} and {@link local} tell these from now on: what a proxy between told of its client. */
  setAddresses(remote: SocketAddress, local: SocketAddress): void;
  /**
   * Has the system ask the peer about once a second whether it is still there, by what no program sees: one that is gone
   * shows as `onClose`. For peers that sent their FIN and await something: it looks the same when they are gone. Only in
   * the `epoll` engine (TCP keep-alive, RFC 9293 section 3.8.4, in place of that of {@link TcpOptions}); without effect
   * in the `deno` engine.
   */
  probePeer(): void;
  /** Sends a FIN after what was written; reading goes on. */
  end(): void;
  /**
   * Sends what was written, then closes both directions without waiting for the peer. No callback follows. A peer that
   * takes bytes, however slowly, gets all of them; one that takes none for long is given up.
   */
  close(): void;
  /** Drops what was written and closes at once, with an RST where the engine can. No callback follows. */
  reset(): void;
}

/** Receives what happens on one connection. */
export interface ConnectionHandler {
  /** Bytes arrived; the array is only valid during the call. */
  onData(bytes: Uint8Array): void;
  /** What was written has left, after `write` gave false. */
  onDrain(): void;
  /** The peer sent a FIN: no more data. Writing goes on. */
  onEnd(): void;
  /** The connection is gone: with an error when it failed, without when both directions ended. The last call. */
  onClose(error: NetError | null): void;
}

/** One end of a session. */
export type Side = "client" | "target";

/** A relay under way. The numbers are live. */
export interface Relay {
  /** Bytes received from the client and written to the target. */
  readonly bytesFromClient: number;
  /** Bytes received from the target and written to the client. */
  readonly bytesFromTarget: number;
  /** `engine.now()` of the first byte from the target, 0 before. */
  readonly firstByteAt: number;
  /** `engine.now()` of the last byte moved either way, or of the start. */
  readonly lastActivityAt: number;
  /** Side whose FIN or failure was noticed first, null before; it stays null when {@link stop} came before either. */
  readonly firstEnded: Side | null;
  /** Ends both connections at once, by FIN (`close`) or by RST (`reset`); `onDone` is not called. */
  stop(how: "close" | "reset"): void;
}

/** How a relay ended: every byte and both FINs passed on, or which side failed. */
export type RelayEnd = "done" | "client_reset" | "target_reset";

/** Receives what happens to a relay. */
export interface RelayHandler {
  /** One side sent its FIN and it was passed on; the other direction goes on. At most once. */
  onHalfClose(side: Side): void;
  /** Both connections are closed. The last call. */
  onDone(end: RelayEnd): void;
}

/** A pending timer. */
export interface Timer {
  /** After this the callback is not called; twice, or after it ran, is harmless. */
  cancel(): void;
}
