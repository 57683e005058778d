import { errorMessage } from "../../base/errors.ts";
import { toNetError } from "../../engine/mod.ts";
import type { Logger } from "../../base/log.ts";
import { formatAddress } from "../../model/address.ts";
import type { SocketAddress } from "../../model/address.ts";
import { adminApp } from "./app.ts";
import type { AdminSource } from "./app.ts";

/** Where the admin server listens and what it asks of clients. */
export interface AdminOptions {
  /** None: no admin server. */
  readonly listen?: SocketAddress | undefined;
  readonly token: string;
}

interface Running {
  readonly listen: SocketAddress;
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  readonly abort: AbortController;
}

/** The admin HTTP server. It can move to another address while the program runs. */
export class AdminServer {
  #running: Running | null = null;
  #token = "";

  constructor(private readonly source: AdminSource, private readonly log: Logger) {}

  /** As bound, null while there is none. */
  get address(): SocketAddress | null {
    const addr = this.#running?.server.addr;
    return addr === undefined ? null : { ip: addr.hostname, port: addr.port };
  }

  /**
   * Listens as told. A new token counts at once; an address that cannot be bound leaves the server where it is.
   * @throws {NetError} when the address cannot be bound.
   */
  async configure({ listen, token }: AdminOptions): Promise<void> {
    this.#token = token;
    const before = this.#running;
    if (JSON.stringify(listen) === JSON.stringify(before?.listen)) return;
    // Two addresses with one port may overlap ("0.0.0.0" and "127.0.0.1"): then the old server has to go first.
    const overlaps = listen !== undefined && listen.port !== 0 && before?.server.addr.port === listen.port;
    if (overlaps) await stop(before);
    try {
      this.#running = listen === undefined ? null : this.#serve(listen);
    } catch (error) {
      if (overlaps) this.#running = this.#serve(before.listen, listen.port);
      throw error;
    }
    if (!overlaps) await stop(before);
  }

  /** Stops serving at once. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await stop(running);
  }

  /**
   * @param port in place of 0, where the choice is made already.
   * @throws {NetError}
   */
  #serve(listen: SocketAddress, port = listen.port): Running {
    try {
      return this.#listen(listen, port);
    } catch (error) {
      const address = formatAddress({ ip: listen.ip, port });
      throw toNetError(error, `listen on ${address} for the admin server`, "internal");
    }
  }

  #listen(listen: SocketAddress, port: number): Running {
    const abort = new AbortController();
    const server = Deno.serve({
      hostname: listen.ip,
      port,
      signal: abort.signal,
      onListen: (bound) =>
        this.log.info("admin server listens", {
          address: formatAddress({ ip: bound.hostname, port: bound.port }),
        }),
      onError: (error) => {
        this.log.error("admin request failed", { error: errorMessage(error) });
        return new Response("internal error\n", { status: 500 });
      },
    }, adminApp(this.source, () => this.#token).fetch);
    return { listen, server, abort };
  }
}

/** Nobody waits for a client that does not read its answer. */
async function stop(running: Running | null): Promise<void> {
  running?.abort.abort();
  await running?.server.finished;
}
