import type { Connection, Engine } from "../../../engine/engine.ts";
import type { EndpointConnection } from "./endpoint_connection.ts";
import type { EndpointPool } from "./endpoint_pool.ts";

/** A connection, and whose endpoint it goes to. */
interface Idle {
  readonly connection: EndpointConnection;
  readonly pool: EndpointPool;
}

/**
 * The idle connection of one client to an endpoint that was told who the client is: no other client's requests may go over
 * it, as HAProxy has it. There is one at most, so that clients that wait take no descriptors for all their endpoints; it is
 * closed when the client's next request goes elsewhere, and with the client.
 */
export class OwnConnection {
  #idle: Idle | null = null;
  #isClosed = false;

  constructor(private readonly engine: Engine) {}

  /** Makes a new connection the client's own; it is in use from the start. @param pool of its endpoint. */
  adopt(connection: Connection, pool: EndpointPool): EndpointConnection {
    return pool.adopt(connection, {
      give: (idle) => this.#keep(idle, pool),
      lose: (idle) => this.#lose(idle),
    });
  }

  /** Takes the connection if it goes to that endpoint. @param maxIdleMs one that was idle for longer is not used. */
  take(pool: EndpointPool, maxIdleMs: number): EndpointConnection | null {
    const idle = this.#idle;
    if (idle === null) return null;
    this.#idle = null;
    const { connection } = idle;
    const isFresh = this.engine.now() - connection.idleSince <= maxIdleMs;
    if (idle.pool === pool && isFresh && pool.mayKeep(connection)) return connection;
    connection.close();
    return null;
  }

  /** The client is gone. */
  close(): void {
    this.#isClosed = true;
    this.#idle?.connection.close();
    this.#idle = null;
  }

  #keep(connection: EndpointConnection, pool: EndpointPool): void {
    connection.idleSince = this.engine.now();
    if (this.#isClosed || !pool.mayKeep(connection)) return connection.close();
    this.#idle?.connection.close();
    this.#idle = { connection, pool };
  }

  #lose(connection: EndpointConnection): void {
    if (this.#idle?.connection === connection) this.#idle = null;
  }
}
