import type { SocketAddress } from "../../src/model/address.ts";

/** How a {@link TcpServer} listens. */
export interface TcpServerOptions {
  /** Default: 127.0.0.1. */
  readonly ip?: string;
  /** Default: 0, the system chooses. */
  readonly port?: number;
  /** Default: 4096. */
  readonly backlog?: number;
}

/** A listener with one function for each connection: what the kit's targets are made of. */
export class TcpServer implements AsyncDisposable {
  /** Where it listens. */
  readonly address: SocketAddress;
  /** Connections accepted so far. */
  accepted = 0;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #running = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #isClosed = false;

  /** @param serve Runs for each connection, which is closed when it ends; a socket error in it is no failure. */
  constructor(serve: (connection: Deno.TcpConn) => Promise<void>, options: TcpServerOptions = {}) {
    this.#listener = Deno.listen({
      hostname: options.ip ?? "127.0.0.1",
      port: options.port ?? 0,
      tcpBacklog: options.backlog ?? 4096,
    });
    this.address = { ip: this.#listener.addr.hostname, port: this.#listener.addr.port };
    this.#accepting = this.#accept(serve);
  }

  /** Port of {@link address}. */
  get port(): number {
    return this.address.port;
  }

  /** Connections open now. */
  get open(): number {
    return this.#open.size;
  }

  /** Closes the listener and every connection, and waits until all is over. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    tryClose(this.#listener);
    for (const connection of this.#open) tryClose(connection);
    await this.#accepting;
    await Promise.all(this.#running);
  }

  async #accept(serve: (connection: Deno.TcpConn) => Promise<void>): Promise<void> {
    for (;;) {
      let connection: Deno.TcpConn;
      try {
        connection = await this.#listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource) return;
        continue;
      }
      // Accepted before the listener was closed, told after: nobody else would close it.
      if (this.#isClosed) {
        tryClose(connection);
        continue;
      }
      this.accepted++;
      this.#open.add(connection);
      const run = this.#run(serve, connection).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
  }

  async #run(serve: (connection: Deno.TcpConn) => Promise<void>, connection: Deno.TcpConn): Promise<void> {
    try {
      await serve(connection);
    } catch (error) {
      if (!isSocketError(error)) throw error;
    } finally {
      this.#open.delete(connection);
      tryClose(connection);
    }
  }
}

/** Closes what may be closed already. */
export function tryClose(resource: { close(): void }): void {
  try {
    resource.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** True for what Deno throws when a peer is gone or the socket was closed meanwhile. */
export function isSocketError(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    (error instanceof Error && "code" in error);
}

/** Writes all of it. */
export async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
