import type { NetError } from "../../../../src/base/errors.ts";
import type {
  AcceptHandler,
  ClientTls,
  Connection,
  ConnectionHandler,
  Engine,
  Listener,
  ListenOptions,
  TcpOptions,
} from "../../../../src/engine/engine.ts";
import type { SocketAddress } from "../../../../src/model/address.ts";
import { within } from "../../../kit/within.ts";

/** Options of all connections. */
export const TCP: TcpOptions = { noDelay: true, keepAlive: null, userTimeoutMs: 0 };
/** Options of all listeners. */
export const LISTEN: ListenOptions = { backlog: 128, tcp: TCP };
/** Where they listen. */
export const ANYWHERE: SocketAddress = { ip: "127.0.0.1", port: 0 };

/** One connection of an engine, as something to wait for. */
export class Peer implements ConnectionHandler {
  readonly connection: Connection;
  /** Bytes received so far. */
  received = 0;
  /** What was received, as text. */
  text = "";
  ended = false;
  /** Undefined while it is open. */
  closed: NetError | null | undefined = undefined;
  drains = 0;
  readonly #waiting = new Set<() => void>();

  constructor(connection: Connection) {
    this.connection = connection;
    connection.handler = this;
    connection.resume();
  }

  /** Sends text. @returns as `write`. */
  send(text: string): boolean {
    return this.connection.write(new TextEncoder().encode(text));
  }

  /** Waits until something is so; it is looked at after each event. */
  async until(name: string, isSo: (peer: this) => boolean): Promise<this> {
    while (!isSo(this)) {
      await within(
        `${name} (${this.received} bytes, ended ${this.ended}, closed ${this.closed})`,
        this.#event(),
      );
    }
    return this;
  }

  onData(bytes: Uint8Array): void {
    this.received += bytes.length;
    if (this.text.length < 1000) this.text += new TextDecoder().decode(bytes);
    this.#wake();
  }

  onDrain(): void {
    this.drains++;
    this.#wake();
  }

  onEnd(): void {
    this.ended = true;
    this.#wake();
  }

  onClose(error: NetError | null): void {
    this.closed = error;
    this.#wake();
  }

  #event(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.add(resolve));
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
    this.#waiting.clear();
  }
}

/** A listener whose clients become peers. */
export class Server implements AcceptHandler {
  readonly listener: Listener;
  readonly peers: Peer[] = [];
  readonly #waiting: ((peer: Peer) => void)[] = [];

  constructor(engine: Engine, tls: Pick<ListenOptions, "tls">, address: SocketAddress = ANYWHERE) {
    this.listener = engine.listen(address, { ...LISTEN, ...tls }, this);
  }

  /** Where it listens. */
  get address(): SocketAddress {
    return this.listener.address;
  }

  /** The next client. */
  next(): Promise<Peer> {
    return within("a client", new Promise<Peer>((resolve) => void this.#waiting.push(resolve)));
  }

  onAccept(connection: Connection): void {
    const peer = new Peer(connection);
    this.peers.push(peer);
    this.#waiting.shift()?.(peer);
  }

  onAcceptError(error: NetError): void {
    throw error;
  }
}

/** Connects with an engine. @throws {NetError} when the attempt fails. */
export function connect(
  engine: Engine,
  address: SocketAddress,
  tls: ClientTls,
  timeoutMs = 10_000,
): Promise<Peer> {
  return within(
    "the connection",
    new Promise<Peer>((resolve, reject) => {
      engine.connect(address, { timeoutMs, tcp: TCP, tls }, {
        onOpen: (connection) => resolve(new Peer(connection)),
        onFail: (error) => reject(error),
      });
    }),
  );
}
