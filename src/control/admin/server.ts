import { BackOff } from "../../base/back_off.ts";
import type { Clock } from "../../base/clock.ts";
import { errorMessage, listenHint } from "../../base/errors.ts";
import { ADMIN_RETRY_MAX_MS, ADMIN_RETRY_MIN_MS } from "../../base/limits.ts";
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

/** What of the admin server does not work and was said: it cannot bind its address, or its accept loop ended. */
type Outage = "unbound" | "failing";

/**
 * The admin HTTP server. It can move to another address while the program runs. Nothing that happens to it ends the
 * program: what fails is said once and tried again with back-off, until it works or the config says otherwise.
 */
export class AdminServer {
  #running: Running | null = null;
  #wanted: SocketAddress | undefined;
  #token = "";
  #outage: Outage | null = null;
  /** The port that the system chose for the wanted address, 0 before it did: it stays the same from then on. */
  #settledPort = 0;
  readonly #backOff = new BackOff(ADMIN_RETRY_MIN_MS, ADMIN_RETRY_MAX_MS);
  #cancelRetry: () => void = () => {};
  /** Moves happen one after another. */
  #moves: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: AdminSource,
    private readonly log: Logger,
    private readonly clock: Clock,
  ) {}

  /** As bound, null while there is none. */
  get address(): SocketAddress | null {
    const addr = this.#running?.server.addr;
    return addr === undefined ? null : { ip: addr.hostname, port: addr.port };
  }

  /**
   * Listens as told. A new token counts at once. While an address cannot be bound the server stays where it is, says so
   * once and tries again. Resolves after the first try, however it went.
   */
  async configure({ listen, token }: AdminOptions): Promise<void> {
    this.#token = token;
    if (isSame(listen, this.#wanted)) return;
    this.#wanted = listen;
    this.#settledPort = 0;
    this.#outage = null;
    this.#backOff.reset();
    await this.#move();
  }

  /** Stops serving at once. */
  async close(): Promise<void> {
    await this.configure({ token: this.#token });
  }

  #move(): Promise<void> {
    return this.#moves = this.#moves.then(() => this.#moveNow());
  }

  /** Brings the server to where it is wanted. */
  async #moveNow(): Promise<void> {
    this.#cancelRetry();
    const before = this.#running;
    const listen = this.#wanted;
    if (isSame(listen, before?.listen)) return;
    // Two addresses with one port may overlap ("0.0.0.0" and "127.0.0.1"): then the old server has to go first.
    const overlaps = listen !== undefined && listen.port !== 0 && before?.server.addr.port === listen.port;
    if (overlaps) await this.#stop(before);
    try {
      this.#running = listen === undefined ? null : this.#serve(listen, listen.port || this.#settledPort);
    } catch (error) {
      if (listen !== undefined) this.#failed(listen, error);
      if (overlaps) this.#stayAt(before.listen, listen.port);
      return;
    }
    if (!overlaps) await this.#stop(before);
  }

  #stayAt(listen: SocketAddress, port: number): void {
    try {
      this.#running = this.#serve(listen, port);
    } catch {
      // Somebody else was quicker. That the server does not listen where it should was said.
      this.#running = null;
    }
  }

  #failed(listen: SocketAddress, error: unknown): void {
    if (this.#outage === null) {
      this.#outage = "unbound";
      const { code, message } = toNetError(error, "listen for the admin server", "internal");
      this.log.error("admin server does not listen, trying again", {
        address: formatAddress(listen),
        error: [message, listenHint(code)].filter(Boolean).join(": "),
      });
    }
    this.#retryLater();
  }

  #retryLater(): void {
    this.#cancelRetry();
    this.#cancelRetry = this.clock.timer(this.#backOff.next(), () => void this.#move());
  }

  /** @throws when the address cannot be bound. */
  #serve(listen: SocketAddress, port: number): Running {
    const abort = new AbortController();
    const app = adminApp(this.source, () => this.#token);
    const server = Deno.serve({
      hostname: listen.ip,
      port,
      signal: abort.signal,
      onListen: (bound) => this.#listens({ ip: bound.hostname, port: bound.port }),
      onError: (error) => {
        this.log.error("admin request failed", { error: errorMessage(error) });
        return new Response("internal error\n", { status: 500 });
      },
    }, (request) => {
      this.#answers();
      return app.fetch(request);
    });
    const running = { listen, server, abort };
    if (isSame(listen, this.#wanted)) this.#settledPort = server.addr.port;
    const onEnd = (error: unknown): void => this.#ended(running, error);
    server.finished.then(() => onEnd("its accept loop ended"), onEnd);
    return running;
  }

  #listens(address: SocketAddress): void {
    // One that is served again has yet to show that it accepts.
    if (this.#outage === "failing") return;
    this.#outage = null;
    this.#backOff.reset();
    this.log.info("admin server listens", { address: formatAddress(address) });
  }

  #answers(): void {
    if (this.#outage !== "failing") return;
    this.#outage = null;
    this.#backOff.reset();
    this.log.info("admin server answers again");
  }

  /** Its accept loop is over, which a lack of descriptors is enough for. */
  #ended(running: Running, error: unknown): void {
    if (running !== this.#running) return;
    this.#running = null;
    if (this.#outage !== "failing") {
      this.#outage = "failing";
      this.log.error("admin server failed, serving it again", { error: errorMessage(error) });
    }
    this.#retryLater();
  }

  /** Nobody waits for a client that does not read its answer. */
  async #stop(running: Running | null): Promise<void> {
    if (running === null) return;
    if (this.#running === running) this.#running = null;
    running.abort.abort();
    await running.server.finished.catch(() => {});
  }
}

function isSame(a: SocketAddress | undefined, b: SocketAddress | undefined): boolean {
  return a?.ip === b?.ip && a?.port === b?.port;
}
