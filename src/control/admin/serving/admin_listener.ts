import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { getRequestListener } from "@hono/node-server";
import { BackOff } from "../../../base/back_off.ts";
import { type Clock, sleep } from "../../../base/clock.ts";
import { ADMIN_ACCEPT_RETRY_MAX_MS, ADMIN_RETRY_MIN_MS } from "../../../base/limits.ts";
import { ClientProgress } from "./client_progress.ts";
import { ConnectionStream } from "./connection_stream.ts";
import type { Seats } from "./seats.ts";

/** What the server tells the routes of a request. */
export interface AdminBindings {
  /** Address of the client; empty where it came by a unix socket. */
  readonly remoteIp: string;
  readonly isUnix: boolean;
}

/** Answers requests. */
export type AdminHandler = (request: Request, bindings: AdminBindings) => Response | Promise<Response>;

/** How a listener speaks TLS; PEM texts. */
export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  /** Clients must show a certificate of one of them; null asks for none. */
  readonly clientAuthorities: readonly string[] | null;
}

/** What a new connection is spoken to with: nothing (null), TLS, or not at all. */
export type TlsChoice = TlsSettings | null | "closed";

/** What a listener is made from. */
export interface AdminListenerOptions {
  readonly listener: Deno.TcpListener | Deno.UnixListener;
  readonly clock: Clock;
  readonly seats: Seats;
  readonly handler: AdminHandler;
  /** Accepting failed, as it does out of descriptors; it is tried again, and who waits goes on waiting. */
  onFailure(error: unknown): void;
  /** For connections from now on. */
  tls(): TlsChoice;
}

/** Who is at the other end. */
interface Client {
  readonly progress: ClientProgress;
  readonly remoteIp: string;
}

/**
 * Serves one listening socket: it accepts by itself, since Node's server stops for good, and says nothing, when it is out
 * of descriptors; what comes is parsed by Node's HTTP and answered by web-standard handlers.
 */
export class AdminListener {
  /** Resolves after {@link close}, when the system has its address back. Never rejects. */
  readonly finished: Promise<void>;
  readonly #options: AdminListenerOptions;
  readonly #http: Server;
  readonly #clientOf = new WeakMap<object, Client>();
  readonly #open = new Set<ConnectionStream>();
  #isClosed = false;

  constructor(options: AdminListenerOptions) {
    this.#options = options;
    // Deadlines are kept by the seats.
    this.#http = createServer({ headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 });
    this.#http.on("request", (incoming, outgoing) => this.#serve(incoming, outgoing));
    this.finished = this.#accept();
  }

  /** As bound; undefined for unix sockets. */
  get addr(): Deno.NetAddr | undefined {
    const { addr } = this.#options.listener;
    return "hostname" in addr ? addr : undefined;
  }

  /** Ends the listening socket and all connections at once. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.listener.close();
    for (const stream of this.#open) stream.destroy();
  }

  async #accept(): Promise<void> {
    const { clock, listener, seats, onFailure } = this.#options;
    const backOff = new BackOff(ADMIN_RETRY_MIN_MS, ADMIN_ACCEPT_RETRY_MAX_MS);
    while (!this.#isClosed) {
      try {
        const connection = await listener.accept();
        backOff.reset();
        const { delayMs } = seats;
        if (delayMs > 0) await sleep(clock, delayMs);
        this.#take(connection);
      } catch (error) {
        // The client gave up while it waited.
        if (this.#isClosed || error instanceof Deno.errors.ConnectionAborted) continue;
        onFailure(error);
        await sleep(clock, backOff.next());
      }
    }
  }

  #take(connection: Deno.TcpConn | Deno.UnixConn): void {
    let stream: ConnectionStream | null = null;
    const seat = this.#options.seats.take(() => stream?.destroy());
    if (seat === null || this.#isClosed) {
      seat?.leave();
      return connection.close();
    }
    const progress = new ClientProgress(seat);
    stream = new ConnectionStream(connection, (isWriting) => progress.writing(isWriting));
    this.#open.add(stream);
    stream.on("close", () => {
      this.#open.delete(stream);
      seat.leave();
    });
    const tls = this.#options.tls();
    if (tls === "closed") return void stream.destroy();
    const client = { progress, remoteIp: stream.remoteAddress ?? "" };
    if (tls === null) return this.#speak(stream, client);
    this.#shake(stream, client, tls);
  }

  /**
   * Node checks the certificates of clients in its server alone, not in a `TLSSocket` as such. A server of its own for
   * each connection, which never listens, tells whose handshake ended; it takes less time than a handshake.
   */
  #shake(stream: ConnectionStream, client: Client, { cert, key, clientAuthorities }: TlsSettings): void {
    const clients = clientAuthorities === null
      ? {}
      : { ca: [...clientAuthorities], requestCert: true, rejectUnauthorized: true };
    const server = createTlsServer({ cert, key, ...clients }, (socket) => {
      socket.on("error", () => stream.destroy());
      socket.on("close", () => stream.destroy());
      this.#speak(socket, client);
    });
    server.on("tlsClientError", () => stream.destroy());
    server.emit("connection", stream);
  }

  #speak(socket: ConnectionStream | TLSSocket, client: Client): void {
    this.#clientOf.set(socket, client);
    this.#http.emit("connection", socket);
  }

  #serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { progress, remoteIp = "" } = this.#clientOf.get(incoming.socket) ?? {};
    const { "content-length": length = "0", "transfer-encoding": coding } = incoming.headers;
    let isReading = length !== "0" || coding !== undefined;
    progress?.began(isReading);
    const bodyEnded = (): void => {
      if (isReading) progress?.bodyEnded();
      isReading = false;
    };
    incoming.once("end", bodyEnded);
    outgoing.once("close", () => {
      bodyEnded();
      progress?.answered();
    });
    // RFC 9112 section 3.2. Node's parser takes the first.
    if ((incoming.headersDistinct["host"]?.length ?? 0) > 1) return void outgoing.writeHead(400).end();
    const bindings: AdminBindings = { remoteIp, isUnix: this.addr === undefined };
    void getRequestListener((request) => this.#options.handler(request, bindings))(incoming, outgoing);
  }
}
