import { BackOff } from "../../base/back_off.ts";
import type { Clock } from "../../base/clock.ts";
import { errorMessage, ListenError, listenHint } from "../../base/errors.ts";
import { ADMIN_RETRY_MAX_MS, ADMIN_RETRY_MIN_MS, NAME_WAIT_MS } from "../../base/limits.ts";
import { toNetError } from "../../engine/mod.ts";
import type { Logger } from "../../base/log.ts";
import { formatAddress, formatHostPort } from "../../model/address.ts";
import type { SocketAddress } from "../../model/address.ts";
import type { ListenAddress } from "../../model/host_port.ts";
import { bindAll } from "../listen/bind_all.ts";
import { describeLeft, ListenLookup } from "../listen/listen_lookup.ts";
import { adminApp } from "./app.ts";
import type { AdminSource } from "./app.ts";

/** Where the admin server listens and what it asks of clients. */
export interface AdminOptions {
  /** None: no admin server. */
  readonly listen?: ListenAddress | undefined;
  readonly token: string;
}

interface Running {
  readonly listen: ListenAddress;
  /** One for each address; all on one port. */
  readonly servers: readonly Deno.HttpServer<Deno.NetAddr>[];
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
  #wanted: ListenAddress | undefined;
  /** What the wanted address stands for, once that is known: it stays the same from then on. */
  #ips: readonly string[] = [];
  #token = "";
  #outage: Outage | null = null;
  /** The port that the system chose for the wanted address, 0 before it did: it stays the same from then on. */
  #settledPort = 0;
  /** Servers of an address all of whose addresses could not be bound. */
  readonly #closings: Promise<void>[] = [];
  readonly #backOff = new BackOff(ADMIN_RETRY_MIN_MS, ADMIN_RETRY_MAX_MS);
  #cancelRetry: () => void = () => {};
  /** Moves happen one after another. */
  #moves: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: AdminSource,
    private readonly log: Logger,
    private readonly clock: Clock,
    private readonly lookup: Pick<ListenLookup, "ips"> = new ListenLookup(clock),
  ) {}

  /** As bound, none while it does not listen. */
  get addresses(): readonly SocketAddress[] {
    return this.#running?.servers.map(({ addr }) => ({ ip: addr.hostname, port: addr.port })) ?? [];
  }

  /**
   * Listens as told. A new token counts at once. While an address cannot be bound the server stays where it is, says so
   * once and tries again. Resolves after the first try, however it went; a name is waited for a second for it.
   */
  async configure({ listen, token }: AdminOptions): Promise<void> {
    this.#token = token;
    if (isSame(listen, this.#wanted)) return;
    this.#wanted = listen;
    this.#ips = [];
    this.#settledPort = 0;
    this.#outage = null;
    this.#backOff.reset();
    const late = Promise.withResolvers<void>();
    const cancel = this.clock.timer(NAME_WAIT_MS, late.resolve);
    await Promise.race([this.#move(), late.promise]);
    cancel();
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
    const listen = this.#wanted;
    if (isSame(listen, this.#running?.listen)) return;
    if (listen !== undefined && !await this.#hasIps(listen)) return;
    const before = this.#running;
    // Two addresses with one port may overlap ("0.0.0.0" and "127.0.0.1"): then the old server has to go first.
    const overlaps = listen !== undefined && listen.port !== 0 &&
      before?.servers[0]?.addr.port === listen.port;
    const boundIps = before?.servers.map(({ addr }) => addr.hostname) ?? [];
    if (overlaps) await this.#stop(before);
    try {
      this.#running = listen === undefined
        ? null
        : this.#serve(listen, this.#ips, listen.port || this.#settledPort);
    } catch (error) {
      if (listen !== undefined) this.#failed(listen, error);
      await Promise.all(this.#closings.splice(0));
      if (overlaps) this.#stayAt(before.listen, boundIps, listen.port);
      return;
    }
    if (!overlaps) await this.#stop(before);
  }

  /** Looks the wanted address up unless that was done. @returns whether it is known, and still wanted. */
  async #hasIps(listen: ListenAddress): Promise<boolean> {
    if (this.#ips.length > 0) return true;
    try {
      const { ips, left } = await this.lookup.ips(listen);
      // Otherwise the config has said something else meanwhile, and moves the server itself.
      if (listen !== this.#wanted) return false;
      this.#ips = ips;
      for (const one of left) {
        this.log.warn("admin_address_skipped", {
          address: describeLeft(one, listen),
        });
      }
      return true;
    } catch (error) {
      if (listen === this.#wanted) this.#failed(listen, error);
      return false;
    }
  }

  #stayAt(listen: ListenAddress, ips: readonly string[], port: number): void {
    try {
      this.#running = this.#serve(listen, ips, port);
    } catch {
      // Somebody else was quicker. That the server does not listen where it should was said.
      this.#running = null;
    }
  }

  #failed(listen: ListenAddress, error: unknown): void {
    if (this.#outage === null) {
      this.#outage = "unbound";
      const { code, message } = error instanceof ListenError
        ? error
        : toNetError(error, "listen for the admin server", "internal");
      this.log.error("admin_listen_failed", {
        address: formatHostPort(listen.host, listen.port),
        error: [message, listenHint(code)].filter(Boolean).join(": "),
      });
    }
    this.#retryLater();
  }

  #retryLater(): void {
    this.#cancelRetry();
    this.#cancelRetry = this.clock.timer(this.#backOff.next(), () => void this.#move());
  }

  /** @throws when an address cannot be bound. */
  #serve(listen: ListenAddress, ips: readonly string[], port: number): Running {
    const abort = new AbortController();
    const app = adminApp(this.source, () => this.#token, this.clock);
    const servers = bindAll(ips, port, {
      bind: (address) => this.#serveOne(address, app, abort.signal),
      portOf: ({ addr }) => addr.port,
      close: (server) => void this.#closings.push(server.shutdown()),
    });
    const running = { listen, servers, abort };
    if (isSame(listen, this.#wanted)) this.#settledPort = servers[0]?.addr.port ?? 0;
    const onEnd = (error: unknown): void => this.#ended(running, error);
    for (const { addr, finished } of servers) {
      this.#listens({ ip: addr.hostname, port: addr.port });
      finished.then(() => onEnd("its accept loop ended"), onEnd);
    }
    return running;
  }

  #serveOne(
    { ip, port }: SocketAddress,
    app: ReturnType<typeof adminApp>,
    signal: AbortSignal,
  ): Deno.HttpServer<Deno.NetAddr> {
    return Deno.serve({
      hostname: ip,
      port,
      signal,
      onListen: () => {},
      onError: (error) => {
        this.log.error("admin_request_failed", { error: errorMessage(error) });
        return new Response("internal error\n", { status: 500 });
      },
    }, (request, { remoteAddr }) => {
      this.#answers();
      return app.fetch(request, { remoteIp: remoteAddr.hostname });
    });
  }

  #listens(address: SocketAddress): void {
    // One that is served again has yet to show that it accepts.
    if (this.#outage === "failing") return;
    this.#outage = null;
    this.#backOff.reset();
    this.log.info("admin_listens", { address: formatAddress(address) });
  }

  #answers(): void {
    if (this.#outage !== "failing") return;
    this.#outage = null;
    this.#backOff.reset();
    this.log.info("admin_recovered");
  }

  /** Its accept loop is over, which a lack of descriptors is enough for. */
  #ended(running: Running, error: unknown): void {
    if (running !== this.#running) return;
    this.#running = null;
    // Where it has several addresses all are served anew.
    running.abort.abort();
    if (this.#outage !== "failing") {
      this.#outage = "failing";
      this.log.error("admin_failed", { error: errorMessage(error) });
    }
    this.#retryLater();
  }

  /** Nobody waits for a client that does not read its answer. */
  async #stop(running: Running | null): Promise<void> {
    if (running === null) return;
    if (this.#running === running) this.#running = null;
    running.abort.abort();
    await Promise.all(running.servers.map(({ finished }) => finished.catch(() => {})));
  }
}

function isSame(a: ListenAddress | undefined, b: ListenAddress | undefined): boolean {
  return a?.host === b?.host && a?.port === b?.port;
}
