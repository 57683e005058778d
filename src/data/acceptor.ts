import { Bag } from "../base/bag.ts";
import { CAP_RECHECK_MS, REPEATED_LOG_INTERVAL_MS } from "../base/limits.ts";
import { NetError } from "../base/errors.ts";
import type { AcceptHandler, Connection, Listener, ListenSettings } from "../engine/engine.ts";
import { formatAddress } from "../model/address.ts";
import { Counter, Header } from "../model/board.ts";
import type { Report } from "../model/messages.ts";
import type { ListenerSnapshot } from "../model/snapshot.ts";
import type { App } from "./app.ts";
import { ClientPlace } from "./client_place.ts";
import type { ClientSession, ListenerOwner, SessionContext } from "./client_session.ts";
import type { ConnectionCap } from "./connection_cap.ts";
import { HttpSession } from "./http/client/http_session.ts";
import type { LogThrottle } from "./log_throttle.ts";
import type { Preface } from "./preface/preface.ts";
import { Prefaces } from "./preface/prefaces.ts";
import type { ProxiedClient } from "./proxy_protocol/proxied_client.ts";
import { Session } from "./session.ts";

/** A listen address and the app that owns it now. A rollout may give it to another app; the sockets stay. */
export interface BoundListener extends ListenerOwner {
  app: App;
  snapshot: ListenerSnapshot;
  /** By the descriptor that was adopted; the one that the engine bound by itself is under {@link OWN_SOCKET}. */
  readonly sockets: Map<number, Listener>;
  /** The address is gone from the config: what comes still comes out of its queue. */
  isClosing: boolean;
}

/** What an {@link Acceptor} works with. */
export interface AcceptorOptions {
  readonly cap: ConnectionCap;
  readonly throttle: LogThrottle;
  report(report: Report): void;
  /** The session of a client began of which a rollout or a drain did not know. */
  onLate(session: ClientSession): void;
}

/** Stands for a descriptor where the engine binds by itself. */
const OWN_SOCKET = -1;

/** Takes new clients: holds the process's connection cap and starts their sessions. */
export class Acceptor {
  /** Listeners by key. */
  readonly listeners = new Map<string, BoundListener>();
  readonly sessions = new Bag<ClientSession>();
  #number = 0;
  #paused = false;
  #acceptErrors = 0;
  readonly #prefaces: Prefaces;

  constructor(
    private readonly context: SessionContext,
    private readonly options: AcceptorOptions,
  ) {
    this.#prefaces = new Prefaces(context, {
      throttle: options.throttle,
      report: (report) => options.report(report),
      onPassed: (preface, proxied) => this.#serve(preface, proxied),
    });
  }

  /**
   * Makes an app the owner of a listen address. A socket that is open stays open and only changes its owner.
   * @param descriptors sockets that this thread is to serve; undefined where the engine binds by itself.
   * Its clients are shown the app's certificate from now on.
   * @throws {NetError} when a socket cannot be bound or adopted, once all the others are: these are served, and closed
   * with the address; the next call tries again what is missing. Also when the certificate cannot be used: then
   * everything stays as it was.
   */
  claim(snapshot: ListenerSnapshot, app: App, descriptors: readonly number[] | undefined): void {
    const known = this.listeners.get(snapshot.key);
    const bound: BoundListener = known ?? { app, snapshot, sockets: new Map(), isClosing: false };
    const before = bound.app.snapshot.certificate;
    const { certificate } = app.snapshot;
    if (before?.cert !== certificate?.cert || before?.key !== certificate?.key) {
      for (const socket of bound.sockets.values()) socket.setCertificate(certificate);
    }
    if (bound.app !== app) {
      for (const socket of bound.sockets.values()) socket.setSettings(settingsOf(app));
    }
    bound.app = app;
    bound.snapshot = snapshot;
    // Before anything can fail: what is open, or opened before a failure, is to be found and closed later.
    this.listeners.set(snapshot.key, bound);
    this.#use(bound, descriptors ?? [OWN_SOCKET]);
  }

  /**
   * Has this thread serve just these sockets of an address that it has.
   * @throws {NetError} when one cannot be adopted; the others are served.
   */
  serve(key: string, descriptors: readonly number[]): void {
    const bound = this.listeners.get(key);
    if (bound !== undefined) this.#use(bound, descriptors);
  }

  #use(bound: BoundListener, wanted: readonly number[]): void {
    for (const [descriptor, socket] of bound.sockets) {
      if (wanted.includes(descriptor)) continue;
      // Another thread serves it now; what it has queued is served by whoever comes first.
      bound.sockets.delete(descriptor);
      socket.close(() => {});
    }
    const error = this.#open(bound, wanted);
    if (error !== null) throw error;
  }

  /** Closes a listen address: what the kernel has queued is served first. */
  close(key: string, onClosed: () => void): void {
    const bound = this.listeners.get(key);
    this.listeners.delete(key);
    let open = bound?.sockets.size ?? 0;
    if (bound === undefined || open === 0) return onClosed();
    bound.isClosing = true;
    for (const socket of bound.sockets.values()) {
      // While the process is at its connection cap the queue could not be emptied.
      socket.resume();
      socket.close(() => {
        if (--open === 0) onClosed();
      });
    }
  }

  /** Opens what is not open. @returns why one of them could not be, null when all are. */
  #open(bound: BoundListener, wanted: readonly number[]): NetError | null {
    let failure: NetError | null = null;
    for (const descriptor of wanted) {
      if (bound.sockets.has(descriptor)) continue;
      try {
        bound.sockets.set(descriptor, this.#listen(bound, descriptor));
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        failure = error;
      }
    }
    return failure;
  }

  #listen(bound: BoundListener, descriptor: number): Listener {
    const { certificate } = bound.app.snapshot;
    // The handler finds the owner through `bound`, so that a rollout can hand the address to another app.
    const handler: AcceptHandler = {
      onAccept: (connection) => this.#accept(connection, bound),
      onAcceptError: (error) => this.#acceptError(error, bound),
    };
    const options = {
      ...settingsOf(bound.app),
      ...(descriptor === OWN_SOCKET ? {} : { descriptor }),
      ...(certificate === null ? {} : { tls: certificate }),
    };
    const socket = this.context.engine.listen(bound.snapshot.address, options, handler);
    if (this.#paused) socket.pause();
    return socket;
  }

  #accept(client: Connection, bound: BoundListener): void {
    const session = this.#newSession(client, bound);
    if (this.options.cap.isReached) this.#pauseAll();
    this.sessions.add(session);
    session.start();
    if (bound.isClosing) this.#settle(session);
  }

  #newSession(connection: Connection, bound: BoundListener): ClientSession {
    const { app, snapshot } = bound;
    const number = this.#number++;
    const place = new ClientPlace(this.context.counters, app.snapshot.slot, snapshot.slot);
    if (app.trustedSenders === null) return this.#session(bound, connection, number, place, null);
    return this.#prefaces.begin({ app, listener: snapshot, connection, number, place });
  }

  #session(
    bound: ListenerOwner,
    client: Connection,
    number: number,
    place: ClientPlace,
    proxied: ProxiedClient | null,
  ): ClientSession {
    const { app, snapshot } = bound;
    if (app.http === null) return new Session(this.context, app, snapshot, client, number, place, proxied);
    return new HttpSession(this.context, bound, app.http, client, number, place, proxied);
  }

  /** Begins the session of a client whose preface is over, by the app as it is now if the address is still its own. */
  #serve(preface: Preface, proxied: ProxiedClient | null): void {
    const { app, client: { connection, number, place }, listener } = preface;
    const now = this.listeners.get(listener.key);
    const isSame = now !== undefined && now.app.snapshot.slot === app.snapshot.slot;
    const owner = isSame ? now : { app, snapshot: listener };
    const session = this.#session(owner, connection, number, place, proxied);
    // First, so that a thread that leaves does not take it for gone.
    this.sessions.add(session);
    this.context.onEnded(preface);
    session.start();
    this.#settle(session);
  }

  #settle(session: ClientSession): void {
    // Some are over when they have begun.
    if (session.bagIndex >= 0) this.options.onLate(session);
  }

  /** The process has as many clients as it may: the next ones wait in the kernel's queue until one has gone. */
  #pauseAll(): void {
    if (this.#paused) return;
    this.#paused = true;
    for (const socket of this.#sockets()) socket.pause();
    this.context.engine.timer(CAP_RECHECK_MS, () => this.#resumeAll());
    if (!this.#mayLog(Header.capLoggedAt)) return;
    this.options.report({
      type: "log",
      level: "warn",
      event: "connection_cap_reached",
      fields: { max_connections: this.options.cap.limit },
    });
  }

  #resumeAll(): void {
    if (this.options.cap.isReached) {
      this.context.engine.timer(CAP_RECHECK_MS, () => this.#resumeAll());
      return;
    }
    this.#paused = false;
    for (const socket of this.#sockets()) socket.resume();
  }

  #sockets(): Listener[] {
    return [...this.listeners.values()].flatMap((bound) => [...bound.sockets.values()]);
  }

  #acceptError(error: NetError, bound: BoundListener): void {
    this.context.counters.add(bound.snapshot.slot, Counter.acceptErrors, 1);
    this.#acceptErrors++;
    if (!this.#mayLog(Header.acceptLoggedAt)) return;
    this.options.report({
      type: "log",
      level: "error",
      event: "accept_failed",
      fields: {
        listener: formatAddress(bound.snapshot.address),
        code: error.code,
        error: error.message,
        times: this.#acceptErrors,
      },
    });
    this.#acceptErrors = 0;
  }

  #mayLog(word: number): boolean {
    return this.options.throttle.mayLog(word, this.context.clock.wallTime(), REPEATED_LOG_INTERVAL_MS);
  }
}

/** Where a preface is read TLS begins behind it. */
function settingsOf({ snapshot: { policy }, trustedSenders }: App): ListenSettings {
  const { backlog, tcp, deferAcceptS, fastOpenQueue } = policy;
  return {
    backlog,
    tcp,
    deferAcceptS,
    fastOpenQueue,
    ...(trustedSenders === null ? {} : { deferTls: true }),
  };
}
