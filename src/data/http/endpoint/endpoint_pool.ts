import type { Connection, Engine, Timer } from "../../../engine/engine.ts";
import { formatAddress, type SocketAddress } from "../../../model/address.ts";
import { EndpointConnection, type EndpointHome } from "./endpoint_connection.ts";
import type { ResponseRules } from "./response_rules.ts";

/** Connections above the number that is kept are closed when they were not needed for so long, milliseconds. */
const SURPLUS_IDLE_MS = 1_000;

/** How many idle connections are kept, and how long. */
export interface EndpointPoolOptions {
  /** For each address; 0 keeps none. Under load there may be more for a moment: to close and open them costs most. */
  readonly maxIdleConnections: number;
  /** Milliseconds. */
  readonly idleTimeoutMs: number;
  /** For the answers on its connections. */
  readonly rules: ResponseRules;
}

/**
 * The idle connections of one thread to one endpoint. The one used last is used again first: so those that a peak left
 * behind grow old and are closed.
 */
export class EndpointPool implements EndpointHome {
  /** Oldest first. */
  readonly #idle: EndpointConnection[] = [];
  #addresses: ReadonlySet<string> = new Set();
  #timer: Timer | null = null;
  #sweepsAt = Infinity;
  #isClosed = false;

  constructor(private readonly engine: Engine, private readonly options: EndpointPoolOptions) {}

  /** Idle connections. */
  get size(): number {
    return this.#idle.length;
  }

  /** The endpoint's present addresses; connections to others are used no more. */
  useAddresses(addresses: readonly SocketAddress[]): void {
    this.#addresses = new Set(addresses.map(formatAddress));
    for (const connection of [...this.#idle]) {
      if (!this.#addresses.has(connection.address)) this.#remove(connection).close();
    }
  }

  /** Makes a new connection one of the pool's, or of another home; it is in use from the start. */
  adopt(connection: Connection, home: EndpointHome = this): EndpointConnection {
    return new EndpointConnection(this.engine, connection, home, this.options.rules);
  }

  /** Whether a connection may be kept that is idle now, or since it says. */
  mayKeep({ address, idleSince }: EndpointConnection): boolean {
    const { maxIdleConnections, idleTimeoutMs } = this.options;
    return !this.#isClosed && maxIdleConnections > 0 && this.#addresses.has(address) &&
      this.engine.now() - idleSince <= idleTimeoutMs;
  }

  /**
   * Takes the connection that was used last, null where none is idle.
   * @param maxIdleMs one that was idle for longer is left where it is.
   */
  take(maxIdleMs: number): EndpointConnection | null {
    const last = this.#idle[this.#idle.length - 1];
    if (last === undefined) return null;
    if (maxIdleMs !== Infinity && this.engine.now() - last.idleSince > maxIdleMs) return null;
    this.#idle.pop();
    return last;
  }

  give(connection: EndpointConnection): void {
    const { maxIdleConnections } = this.options;
    if (this.#isClosed || maxIdleConnections === 0 || !this.#addresses.has(connection.address)) {
      return connection.close();
    }
    connection.idleSince = this.engine.now();
    this.#idle.push(connection);
    if (this.#sweepsAt > connection.idleSince + this.#keptMs) this.#sweepAt(this.#oldestEnd);
  }

  lose(connection: EndpointConnection): void {
    this.#remove(connection);
  }

  /** Closes all that is idle, and from now on all that is given back. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  #remove(connection: EndpointConnection): EndpointConnection {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    return connection;
  }

  /** How long the oldest may be idle. */
  get #keptMs(): number {
    const { maxIdleConnections, idleTimeoutMs } = this.options;
    const isSurplus = this.#idle.length > maxIdleConnections * this.#addresses.size;
    return isSurplus ? Math.min(SURPLUS_IDLE_MS, idleTimeoutMs) : idleTimeoutMs;
  }

  get #oldestEnd(): number {
    const oldest = this.#idle[0];
    return oldest === undefined ? Infinity : oldest.idleSince + this.#keptMs;
  }

  #sweepAt(at: number): void {
    this.#timer?.cancel();
    this.#sweepsAt = at;
    this.#timer = this.engine.timer(Math.max(0, at - this.engine.now()), this.#sweep);
  }

  readonly #sweep = (): void => {
    this.#sweepsAt = Infinity;
    const now = this.engine.now();
    while (this.#oldestEnd <= now) this.#idle.shift()?.close();
    if (this.#idle.length > 0) this.#sweepAt(this.#oldestEnd);
  };
}
