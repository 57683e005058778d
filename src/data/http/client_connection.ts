import type { Connection } from "../../engine/engine.ts";
import type { ProxyVersion } from "../../model/proxy_protocol.ts";
import type { ListenerSnapshot } from "../../model/snapshot.ts";
import type { App } from "../app.ts";
import type { ListenerOwner, SessionContext } from "../client_session.ts";
import { DeadlineTimer } from "./deadline_timer.ts";
import type { ProxiedClient } from "../proxy_protocol/proxied_client.ts";
import { outgoingHeader } from "../proxy_protocol/outgoing_header.ts";
import { OwnConnection } from "./endpoint/own_connection.ts";
import { AnswerWriter } from "./exchange/answer_writer.ts";
import type { HttpApp } from "./http_app.ts";
import { type ClientSide, ForwardedFields } from "./policy/forwarded_fields.ts";
import { ForwardedHead } from "./policy/forwarded_head.ts";

/**
 * One client's connection, as all who serve it know it: where it came in, what its requests meet, how they are answered,
 * and whether it goes on after that. It decides nothing.
 */
export class ClientConnection {
  /** App that it counts for, as the last request met it. */
  app: App;
  http: HttpApp;
  /** Where the client came in: the listener may be another app's by now. */
  readonly listener: ListenerSnapshot;
  readonly isTls: boolean;
  /** `engine.now()`. */
  readonly acceptedAt: number;
  readonly answer: AnswerWriter;
  /** Each who has a deadline makes the timer reach it when it may have come nearer. */
  readonly timer: DeadlineTimer;
  /** The client is led to a new connection. */
  isLeaving = false;
  /** The client sent its FIN. */
  hasEnded = false;
  /** The app's access rules do not allow the client: its next request is refused, and is its last. */
  isDenied = false;
  /** Its connection to an endpoint that was told who it is; null where it has none. */
  own: OwnConnection | null = null;
  #forwardedHead: ForwardedHead | null = null;

  /**
   * @param number of the client in this thread.
   * @param proxied what a proxy between told of it, null where it came directly.
   * @param onTime of {@link timer}.
   */
  constructor(
    readonly context: SessionContext,
    private readonly bound: ListenerOwner,
    http: HttpApp,
    readonly connection: Connection,
    readonly number: number,
    readonly proxied: ProxiedClient | null,
    onTime: () => void,
  ) {
    const { engine, http: { toClient, date } } = context;
    this.app = bound.app;
    this.http = http;
    this.listener = bound.snapshot;
    this.isTls = this.app.snapshot.certificate !== null;
    this.acceptedAt = engine.now();
    this.answer = new AnswerWriter(connection, toClient, engine, date);
    this.timer = new DeadlineTimer(engine, onTime);
  }

  /** Whether it may go on after the answer whose head is written now. */
  get mayPersist(): boolean {
    return !this.isLeaving && !this.hasEnded && !this.isDenied;
  }

  /** Heads of its requests for endpoints, which tell of the client. */
  get forwardedHead(): ForwardedHead {
    if (this.#forwardedHead !== null) return this.#forwardedHead;
    const client: ClientSide = {
      ip: this.connection.remote.ip,
      proto: this.isTls ? "https" : "http",
      port: this.listener.address.port,
    };
    return this.#forwardedHead = new ForwardedHead(new ForwardedFields(client, this.http.policy.forwarded));
  }

  /** The PROXY header that tells an endpoint of it. */
  proxyHeader(version: ProxyVersion): Uint8Array<ArrayBuffer> {
    const { connection, context: { idPrefix }, number, proxied } = this;
    return outgoingHeader(version, connection, proxied, idPrefix + number.toString(36));
  }

  /** Where connections that tell an endpoint of it are kept. */
  ownConnection(): OwnConnection {
    return this.own ??= new OwnConnection(this.context.engine);
  }

  /** A rollout may have changed the app: each request meets it as it is now. */
  useCurrentApp(): void {
    const { app } = this.bound;
    // What became another app's (by its slot: names come back), or no longer speaks HTTP, is drained by the thread.
    if (app.http === null || app.snapshot.slot !== this.app.snapshot.slot) return;
    if (app.http.policy.forwarded !== this.http.policy.forwarded) this.#forwardedHead = null;
    if (app !== this.app) this.isDenied = app.gate?.allows(this.connection.remote) === false;
    this.app = app;
    this.http = app.http;
  }
}
