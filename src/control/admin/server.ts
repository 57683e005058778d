import { BackOff } from "../../base/back_off.ts";
import type { Clock } from "../../base/clock.ts";
import { errorMessage, ListenError, listenHint } from "../../base/errors.ts";
import {
  ADMIN_BACKLOG,
  ADMIN_BODY_MS,
  ADMIN_GRACE_MS,
  ADMIN_HEAD_MS,
  ADMIN_MAX_CONNECTIONS,
  ADMIN_RETRY_MAX_MS,
  ADMIN_RETRY_MIN_MS,
  ADMIN_STALL_MS,
  NAME_WAIT_MS,
} from "../../base/limits.ts";
import { toNetError } from "../../engine/mod.ts";
import type { Logger } from "../../base/log.ts";
import { formatAddress, formatHostPort } from "../../model/address.ts";
import type { SocketAddress } from "../../model/address.ts";
import { type AdminConfig, type AdminListen, formatUnix, isUnix } from "../../model/config_admin.ts";
import { bindAll } from "../listen/bind_all.ts";
import { describeLeft, ListenLookup } from "../listen/listen_lookup.ts";
import { Tokens } from "./access/tokens.ts";
import { adminApp } from "./app.ts";
import type { AdminSource } from "./app.ts";
import { type AdminHandler, AdminListener } from "./serving/admin_listener.ts";
import { type SeatLimits, Seats } from "./serving/seats.ts";
import { TlsFiles } from "./serving/tls_files.ts";
import { clearStaleSocket, UnixSocket } from "./serving/unix_socket.ts";

/** Where the admin server listens and what it asks of clients. Without `listen` there is none. */
export type AdminOptions = Partial<
  Pick<AdminConfig, "listen" | "mode" | "hosts" | "token" | "tokens" | "tls">
>;

interface Running {
  readonly listen: AdminListen;
  /** One for each address; all on one port. */
  readonly servers: readonly AdminListener[];
  /** Null where it has addresses. */
  readonly socket: UnixSocket | null;
}

const DEFAULT_MODE = "0660";

/** How many clients there may be, and how long they may take. */
const SEAT_LIMITS: SeatLimits = {
  max: ADMIN_MAX_CONNECTIONS,
  headMs: ADMIN_HEAD_MS,
  bodyMs: ADMIN_BODY_MS,
  stallMs: ADMIN_STALL_MS,
  graceMs: ADMIN_GRACE_MS,
};

/** What of the admin server does not work and was said: it cannot bind its address, or not accept. */
type Outage = "unbound" | "failing";

/**
 * The admin HTTP server. It can move to another address while the program runs. Nothing that happens to it ends the
 * program: what fails is said once and tried again with back-off, until it works or the config says otherwise.
 */
export class AdminServer {
  #running: Running | null = null;
  #wanted: AdminListen | undefined;
  /** What the wanted address stands for, once that is known: it stays the same from then on. */
  #ips: readonly string[] = [];
  #mode = DEFAULT_MODE;
  #hosts: ReadonlySet<string> = new Set();
  #outage: Outage | null = null;
  /** The port that the system chose for the wanted address, 0 before it did: it stays the same from then on. */
  #settledPort = 0;
  readonly #tokens: Tokens;
  readonly #tls: TlsFiles;
  readonly #seats: Seats;
  readonly #handler: AdminHandler;
  readonly #backOff = new BackOff(ADMIN_RETRY_MIN_MS, ADMIN_RETRY_MAX_MS);
  #cancelRetry: () => void = () => {};
  /** Moves happen one after another. */
  #moves: Promise<void> = Promise.resolve();

  constructor(
    source: AdminSource,
    private readonly log: Logger,
    private readonly clock: Clock,
    private readonly lookup: Pick<ListenLookup, "ips"> = new ListenLookup(clock),
    limits: Partial<SeatLimits> = {},
  ) {
    this.#tokens = new Tokens(clock, log);
    this.#tls = new TlsFiles(clock, log);
    this.#seats = new Seats(clock, { ...SEAT_LIMITS, ...limits });
    const app = adminApp(source, { tokens: this.#tokens, hosts: () => this.#hosts }, log);
    this.#handler = (request, bindings) => {
      this.#answers();
      return app.fetch(request, bindings);
    };
  }

  /** As bound, none while it does not listen. */
  get addresses(): readonly SocketAddress[] {
    return this.#running?.servers.flatMap(({ addr }) =>
      addr === undefined ? [] : [{ ip: addr.hostname, port: addr.port }]
    ) ?? [];
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#seats.count;
  }

  /**
   * Listens as told. A new token counts at once. While an address cannot be bound the server stays where it is, says so
   * once and tries again. Resolves after the first try, however it went; a name is waited for a second for it.
   */
  async configure(options: AdminOptions): Promise<void> {
    const { listen, mode = DEFAULT_MODE, hosts = [], token = "", tokens = [], tls } = options;
    this.#tokens.configure({ token, tokens });
    this.#tls.configure(tls);
    const own = listen === undefined || isUnix(listen) ? [] : [listen.host];
    this.#hosts = new Set([...hosts, ...own].map((name) => name.toLowerCase().replace(/\.$/, "")));
    if (mode !== this.#mode) this.#running?.socket?.setMode(mode);
    this.#mode = mode;
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
    await this.configure({});
    this.#seats.closeAll();
    await this.#tls.close();
  }

  #move(): Promise<void> {
    return this.#moves = this.#moves.then(() => this.#moveNow());
  }

  /** Brings the server to where it is wanted. */
  async #moveNow(): Promise<void> {
    this.#cancelRetry();
    const listen = this.#wanted;
    if (isSame(listen, this.#running?.listen)) return;
    if (listen !== undefined && !await this.#isReady(listen)) return;
    const before = this.#running;
    // Two addresses with one port may overlap ("0.0.0.0" and "127.0.0.1"): then the old server has to go first.
    const port = listen === undefined || isUnix(listen) ? 0 : listen.port;
    const bound = this.addresses;
    const overlaps = port !== 0 && bound[0]?.port === port;
    if (overlaps) await this.#stop(before);
    try {
      this.#running = listen === undefined ? null : this.#serve(listen, this.#ips, port || this.#settledPort);
    } catch (error) {
      if (listen !== undefined) this.#failed(listen, error);
      if (overlaps && before !== null) this.#stayAt(before.listen, bound.map(({ ip }) => ip), port);
      return;
    }
    if (!overlaps) await this.#stop(before);
  }

  /** Finds out what binding needs to know. @returns whether that is known, and the address is still wanted. */
  async #isReady(listen: AdminListen): Promise<boolean> {
    try {
      if (isUnix(listen)) await clearStaleSocket(listen.path);
      else if (this.#ips.length === 0) {
        const { ips, left } = await this.lookup.ips(listen);
        // Otherwise the config has said something else meanwhile, and moves the server itself.
        if (listen !== this.#wanted) return false;
        this.#ips = ips;
        for (const one of left) {
          this.log.warn("admin_address_skipped", {
            address: describeLeft(one, listen),
          });
        }
      }
      return listen === this.#wanted;
    } catch (error) {
      if (listen === this.#wanted) this.#failed(listen, error);
      return false;
    }
  }

  #stayAt(listen: AdminListen, ips: readonly string[], port: number): void {
    try {
      this.#running = this.#serve(listen, ips, port);
    } catch {
      // Somebody else was quicker. That the server does not listen where it should was said.
      this.#running = null;
    }
  }

  #failed(listen: AdminListen, error: unknown): void {
    if (this.#outage === null) {
      this.#outage = "unbound";
      const { code, message } = error instanceof ListenError
        ? error
        : toNetError(error, "listen for the admin server", "internal");
      this.log.error("admin_listen_failed", {
        address: isUnix(listen) ? formatUnix(listen) : formatHostPort(listen.host, listen.port),
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
  #serve(listen: AdminListen, ips: readonly string[], port: number): Running {
    const socket = isUnix(listen) ? new UnixSocket(listen.path, this.#mode) : null;
    const servers = socket === null ? this.#serveAll(ips, port) : [this.#serveOne(socket.listener)];
    const running = { listen, servers, socket };
    if (isSame(listen, this.#wanted)) this.#settledPort = servers[0]?.addr?.port ?? 0;
    for (const { addr } of servers) {
      this.#listens(
        addr === undefined
          ? formatUnix({ path: socket?.path ?? "" })
          : formatAddress({ ip: addr.hostname, port: addr.port }),
      );
    }
    return running;
  }

  #serveAll(ips: readonly string[], port: number): AdminListener[] {
    const listeners = bindAll(ips, port, {
      bind: ({ ip, port }) => Deno.listen({ hostname: ip, port, tcpBacklog: ADMIN_BACKLOG }),
      portOf: ({ addr }) => addr.port,
      close: (listener) => listener.close(),
    });
    return listeners.map((listener) => this.#serveOne(listener));
  }

  #serveOne(listener: Deno.TcpListener | Deno.UnixListener): AdminListener {
    return new AdminListener({
      listener,
      clock: this.clock,
      onFailure: (error) => this.#fails(error),
      seats: this.#seats,
      handler: this.#handler,
      tls: () => isUnixListener(listener) ? null : this.#tls.choice,
    });
  }

  #listens(address: string): void {
    this.#outage = null;
    this.#backOff.reset();
    this.log.info("admin_listens", { address });
  }

  #answers(): void {
    if (this.#outage !== "failing") return;
    this.#outage = null;
    this.log.info("admin_recovered");
  }

  /** It cannot accept, which a lack of descriptors is enough for. */
  #fails(error: unknown): void {
    if (this.#outage === "failing") return;
    this.#outage = "failing";
    this.log.error("admin_failed", { error: errorMessage(error) });
  }

  /** Nobody waits for a client that does not read its answer. */
  async #stop(running: Running | null): Promise<void> {
    if (running === null) return;
    if (this.#running === running) this.#running = null;
    close(running);
    // The system has the address back when nobody accepts from it any more.
    await Promise.all(running.servers.map(({ finished }) => finished));
  }
}

function close({ servers, socket }: Running): void {
  for (const server of servers) server.close();
  socket?.remove();
}

function isUnixListener(listener: Deno.TcpListener | Deno.UnixListener): listener is Deno.UnixListener {
  return listener.addr.transport === "unix";
}

function isSame(a: AdminListen | undefined, b: AdminListen | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
