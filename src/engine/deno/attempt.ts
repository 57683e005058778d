import { NetError, type NetErrorCode } from "../../base/errors.ts";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import type { Attempt, ClientTls, ConnectHandler, ConnectOptions, Timer } from "../engine.ts";
import { DenoConnection } from "./connection.ts";
import { setOptions } from "./lazy_options.ts";
import { toNetError } from "./net_error.ts";
import type { Disposable, SharedParts } from "./shared_parts.ts";
import { TlsSocket } from "./tls_socket.ts";

/** One `Deno.connect`, and a TLS handshake if asked for. Giving up aborts it, so that its descriptor is free at once. */
export class DenoAttempt implements Attempt, Disposable {
  bagIndex = -1;
  readonly startedAt: number;
  readonly #parts: SharedParts;
  readonly #options: ConnectOptions;
  readonly #handler: ConnectHandler;
  readonly #abort = new AbortController();
  readonly #deadline: Timer;
  #securing: TlsSocket | null = null;
  #settled = false;

  constructor(
    parts: SharedParts,
    readonly address: SocketAddress,
    options: ConnectOptions,
    handler: ConnectHandler,
  ) {
    this.startedAt = parts.clock.now();
    this.#parts = parts;
    this.#options = options;
    this.#handler = handler;
    this.#deadline = parts.timers.add(options.timeoutMs, () => this.#timeOut());
    parts.register(this);
    Deno.connect({
      hostname: address.ip,
      port: address.port,
      autoSelectFamily: false,
      signal: this.#abort.signal,
    }).then((socket) => this.#open(socket), (error: unknown) => this.#fail(error));
  }

  cancel(): void {
    if (!this.#settle()) return;
    // Deno loses the descriptor when the signal comes after the connection is made and before its promise has run its
    // course. A microtask later that is over, whichever callback we are called from.
    queueMicrotask(() => this.#abort.abort());
    this.#securing?.close();
  }

  destroy(): void {
    this.cancel();
  }

  tick(): void {}

  /** @returns false when there was an outcome before. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#deadline.cancel();
    this.#parts.unregister(this);
    return true;
  }

  #open(socket: Deno.TcpConn): void {
    const { tcp, tls } = this.#options;
    if (this.#settled) return socket.close();
    if (tls !== undefined) return this.#startTls(socket, tls);
    this.#settle();
    this.#handler.onOpen(DenoConnection.plain(this.#parts, socket, "target", tcp), this);
  }

  #startTls(socket: Deno.TcpConn, tls: ClientTls): void {
    setOptions(socket, this.#options.tcp);
    const secured = TlsSocket.connect(socket, tls, this.#parts);
    this.#securing = secured;
    secured.handshake().then(() => this.#openSecure(secured), (error: unknown) => {
      secured.close();
      this.#fail(error, " by TLS", "tls");
    });
  }

  #openSecure(socket: TlsSocket): void {
    if (!this.#settle()) return;
    this.#handler.onOpen(DenoConnection.secure(this.#parts, socket, "target"), this);
  }

  #fail(error: unknown, how = "", otherwise: NetErrorCode = "other"): void {
    if (!this.#settle()) return;
    const action = `connect to ${formatAddress(this.address)}${how}`;
    this.#handler.onFail(toNetError(error, action, "target", otherwise), this);
  }

  #timeOut(): void {
    if (this.#settled) return;
    this.cancel();
    const { timeoutMs } = this.#options;
    const where = formatAddress(this.address);
    const message = `Cannot connect to ${where}: no answer within ${timeoutMs} ms`;
    this.#handler.onFail(new NetError("timed_out", message, "target"), this);
  }
}
