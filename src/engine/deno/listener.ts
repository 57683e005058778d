import type { SecureContext } from "node:tls";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import type { AcceptHandler, Listener, ListenOptions, ListenSettings, TcpOptions } from "../engine.ts";
import { DenoConnection } from "./connection.ts";
import { setOptions } from "./lazy_options.ts";
import { isGoneClient, toAcceptError, toNetError } from "./net_error.ts";
import { nodeTls } from "./node_tls.ts";
import type { Disposable, SharedParts } from "./shared_parts.ts";
import { TlsSocket } from "./tls_socket.ts";

/** Turns of the event loop without a new connection after which the kernel's queue counts as empty. */
const QUIET_TURNS = 2;
/** Shortest timer: at least one turn of the event loop. */
const TURN_MS = 1;
/** A queue that is never seen empty is given up after this long, and after as many accepts as it can hold. */
const MAX_DRAIN_MS = 250;

/**
 * A listening socket. `accept()` is called in a loop that goes on after any failure; Deno's own iterator ends for good
 * on the first.
 */
export class DenoListener implements Listener, Disposable {
  bagIndex = -1;
  readonly address: SocketAddress;
  readonly #parts: SharedParts;
  readonly #socket: Deno.TcpListener;
  readonly #handler: AcceptHandler;
  #tcp: TcpOptions;
  #deferTls: boolean;
  #accepting = false;
  #paused = false;
  #closing = false;
  /** The socket is closed; what was accepted before is still handed over. */
  #unbound = false;
  #closed = false;
  /** Accepted by a call that was under way when `pause()` came. */
  #held: Deno.TcpConn | null = null;
  #quietTurns = 0;
  /** Accepts after which all that waited when the closing began was handed over. */
  #drainAccepts: number;
  /** Null where clients speak plain TCP. */
  #secureContext: SecureContext | null;

  /** @throws {NetError} when the address cannot be bound, or the certificate not be used. */
  constructor(parts: SharedParts, address: SocketAddress, options: ListenOptions, handler: AcceptHandler) {
    this.#parts = parts;
    this.#tcp = options.tcp;
    this.#deferTls = options.deferTls === true;
    // The kernel queues one connection more than it is asked for.
    this.#drainAccepts = options.backlog + 1;
    this.#handler = handler;
    // Before anything is bound that would have to be closed again.
    this.#secureContext = secureContext(options.tls ?? null, address);
    this.#socket = bind(address, options);
    this.address = { ip: address.ip, port: this.#socket.addr.port };
    parts.register(this);
    this.#accept();
  }

  pause(): void {
    if (!this.#closing) this.#paused = true;
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    queueMicrotask(this.#handOverHeld);
    this.#accept();
  }

  setCertificate(certificate: ServerCertificate | null): void {
    this.#secureContext = secureContext(certificate, this.address);
  }

  /** Deno cannot change a socket that listens: `backlog` stays as it is. */
  setSettings({ tcp, deferTls = false }: ListenSettings): void {
    this.#tcp = tcp;
    this.#deferTls = deferTls;
  }

  close(onClosed: () => void): void {
    if (this.#closing || this.#closed) return;
    this.resume();
    this.#closing = true;
    this.#drain(this.#parts.clock.now() + MAX_DRAIN_MS, onClosed);
  }

  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unbind();
    this.#parts.unregister(this);
    this.#held?.close();
    this.#held = null;
  }

  tick(): void {}

  #drain(deadline: number, onClosed: () => void): void {
    this.#parts.timers.add(TURN_MS, () => {
      if (this.#closed) return;
      this.#quietTurns++;
      // The time alone says nothing on a busy machine: what waited at the beginning is served in any case.
      const mayGoOn = this.#drainAccepts > 0 || this.#parts.clock.now() < deadline;
      if (this.#quietTurns <= QUIET_TURNS && mayGoOn) return this.#drain(deadline, onClosed);
      this.#unbind();
      this.#awaitLast(onClosed);
    });
  }

  /** A connection that was accepted in the turn of the close is only told in the next one. */
  #awaitLast(onClosed: () => void): void {
    this.#parts.timers.add(TURN_MS, () => {
      if (this.#closed) return;
      if (this.#accepting) return this.#awaitLast(onClosed);
      this.destroy();
      onClosed();
    });
  }

  #unbind(): void {
    if (this.#unbound) return;
    this.#unbound = true;
    this.#parts.gate.forget(this.#accept);
    this.#socket.close();
  }

  readonly #accept = (): void => {
    if (this.#accepting || this.#paused || this.#unbound) return;
    this.#accepting = true;
    this.#socket.accept().then(this.#onAccepted, this.#onFailed);
  };

  readonly #onAccepted = (socket: Deno.TcpConn): void => {
    this.#accepting = false;
    if (this.#closed) return socket.close();
    this.#parts.gate.succeeded();
    if (this.#paused) {
      this.#held = socket;
      return;
    }
    this.#handOver(socket);
    this.#accept();
  };

  readonly #onFailed = (reason: unknown): void => {
    this.#accepting = false;
    if (this.#unbound) return;
    const error = toAcceptError(reason, `accept on ${formatAddress(this.address)}`);
    // Not a failure of ours: the next client waits behind it, so pacing these would let anybody shut the listener.
    const atOnce = isGoneClient(reason) || this.#parts.gate.failed(error.code, this.#accept);
    this.#handler.onAcceptError(error, this);
    if (atOnce) this.#accept();
  };

  readonly #handOverHeld = (): void => {
    const socket = this.#held;
    if (socket === null || this.#paused) return;
    this.#held = null;
    this.#handOver(socket);
  };

  #handOver(socket: Deno.TcpConn): void {
    this.#quietTurns = 0;
    if (this.#closing) this.#drainAccepts--;
    this.#handler.onAccept(this.#connection(socket), this);
  }

  #connection(socket: Deno.TcpConn): DenoConnection {
    const tcp = this.#tcp;
    const secureContext = this.#secureContext;
    if (secureContext === null) return DenoConnection.plain(this.#parts, socket, "client", tcp);
    if (this.#deferTls) return DenoConnection.deferring(this.#parts, { socket, tcp, secureContext });
    setOptions(socket, tcp);
    const secured = TlsSocket.accept(socket, secureContext, this.#parts);
    return DenoConnection.secure(this.#parts, secured, "client");
  }
}

/** Control has tried the certificate; should it fail here all the same, that is a failure of this listener alone. */
function secureContext(certificate: ServerCertificate | null, address: SocketAddress): SecureContext | null {
  if (certificate === null) return null;
  try {
    return nodeTls().createSecureContext({ cert: certificate.cert, key: certificate.key });
  } catch (error) {
    throw toNetError(error, `use the certificate for ${formatAddress(address)}`, "internal", "tls");
  }
}

function bind(address: SocketAddress, options: ListenOptions): Deno.TcpListener {
  try {
    return Deno.listen({
      hostname: address.ip,
      port: address.port,
      reusePort: true,
      tcpBacklog: options.backlog,
    });
  } catch (error) {
    throw toNetError(error, `listen on ${formatAddress(address)}`, "internal");
  }
}
