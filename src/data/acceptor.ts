import { Bag } from "../base/bag.ts";
import { CAP_RECHECK_MS } from "../base/limits.ts";
import type { NetError } from "../base/errors.ts";
import type { AcceptHandler, Connection, Listener } from "../engine/engine.ts";
import { formatAddress } from "../model/address.ts";
import { Counter, Header } from "../model/board.ts";
import type { Report } from "../model/messages.ts";
import type { ListenerSnapshot } from "../model/snapshot.ts";
import type { Account } from "./account.ts";
import type { App } from "./app.ts";
import type { ClientSession, ListenerOwner, SessionContext } from "./client_session.ts";
import { HttpSession } from "./http/client/http_session.ts";
import { Session } from "./session.ts";

/** A listen address and the app that owns it now. A rollout may give it to another app; the sockets stay. */
export interface BoundListener extends ListenerOwner {
  app: App;
  snapshot: ListenerSnapshot;
  /** By the descriptor that was adopted; the one that the engine bound by itself is under {@link OWN_SOCKET}. */
  readonly sockets: Map<number, Listener>;
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

  constructor(
    private readonly context: SessionContext,
    private readonly account: Account,
    private readonly report: (report: Report) => void,
  ) {}

  /**
   * Makes an app the owner of a listen address. A socket that is open stays open and only changes its owner.
   * @param descriptors sockets that this thread is to serve; undefined where the engine binds by itself.
   * Its clients are shown the app's certificate from now on.
   * @throws {NetError} when a socket cannot be bound or adopted; what was open before stays.
   */
  claim(snapshot: ListenerSnapshot, app: App, descriptors: readonly number[] | undefined): void {
    const known = this.listeners.get(snapshot.key);
    const bound: BoundListener = known ?? { app, snapshot, sockets: new Map() };
    const before = bound.app.snapshot.certificate;
    const { certificate } = app.snapshot;
    if (before?.cert !== certificate?.cert || before?.key !== certificate?.key) {
      for (const socket of bound.sockets.values()) socket.setCertificate(certificate);
    }
    if (bound.app !== app) {
      for (const socket of bound.sockets.values()) socket.setSettings(app.snapshot.policy);
    }
    bound.app = app;
    bound.snapshot = snapshot;
    const wanted = descriptors ?? [OWN_SOCKET];
    for (const descriptor of wanted) {
      if (!bound.sockets.has(descriptor)) bound.sockets.set(descriptor, this.#listen(bound, descriptor));
    }
    this.listeners.set(snapshot.key, bound);
    for (const [descriptor, socket] of bound.sockets) {
      if (wanted.includes(descriptor)) continue;
      // Another thread serves it now; what it has queued is served by whoever comes first.
      bound.sockets.delete(descriptor);
      socket.close(() => {});
    }
  }

  /** Closes a listen address: what the kernel has queued is served first. */
  close(key: string, onClosed: () => void): void {
    const bound = this.listeners.get(key);
    let open = bound?.sockets.size ?? 0;
    if (bound === undefined || open === 0) return onClosed();
    this.listeners.delete(key);
    for (const socket of bound.sockets.values()) {
      // While the process is at its connection cap the queue could not be emptied.
      socket.resume();
      socket.close(() => {
        if (--open === 0) onClosed();
      });
    }
  }

  #listen(bound: BoundListener, descriptor: number): Listener {
    const { policy: { backlog, tcp, deferAcceptS, fastOpenQueue }, certificate } = bound.app.snapshot;
    // The handler finds the owner through `bound`, so that a rollout can hand the address to another app.
    const handler: AcceptHandler = {
      onAccept: (connection) => this.#accept(connection, bound),
      onAcceptError: (error) => this.#acceptError(error, bound),
    };
    const options = {
      backlog,
      tcp,
      deferAcceptS,
      fastOpenQueue,
      ...(descriptor === OWN_SOCKET ? {} : { descriptor }),
      ...(certificate === null ? {} : { tls: certificate }),
    };
    const socket = this.context.engine.listen(bound.snapshot.address, options, handler);
    if (this.#paused) socket.pause();
    return socket;
  }

  #accept(client: Connection, bound: BoundListener): void {
    if (!this.account.open()) this.#pauseAll();
    const session = this.#newSession(client, bound);
    this.sessions.add(session);
    session.start();
  }

  #newSession(client: Connection, bound: BoundListener): ClientSession {
    const { app, snapshot } = bound;
    const number = this.#number++;
    if (app.http === null) return new Session(this.context, app, snapshot, client, number);
    return new HttpSession(this.context, bound, app.http, client, number);
  }

  /** The process has as many clients as it may: the next ones wait in the kernel's queue until one has gone. */
  #pauseAll(): void {
    if (this.#paused) return;
    this.#paused = true;
    for (const socket of this.#sockets()) socket.pause();
    this.context.engine.timer(CAP_RECHECK_MS, () => this.#resumeAll());
    if (!this.account.mayLog(Header.capLoggedAt, this.context.clock.wallTime())) return;
    this.report({
      type: "log",
      level: "warn",
      message: "connection cap reached: new clients wait",
      fields: { max_connections: this.account.cap },
    });
  }

  #resumeAll(): void {
    if (!this.account.belowCap()) {
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
    this.account.add(bound.snapshot.slot, Counter.acceptErrors, 1);
    this.#acceptErrors++;
    if (!this.account.mayLog(Header.acceptLoggedAt, this.context.clock.wallTime())) return;
    this.report({
      type: "log",
      level: "error",
      message: "accepting connections failed, trying again",
      fields: {
        listener: formatAddress(bound.snapshot.address),
        code: error.code,
        error: error.message,
        times: this.#acceptErrors,
      },
    });
    this.#acceptErrors = 0;
  }
}
