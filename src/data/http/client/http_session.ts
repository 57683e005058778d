import type { NetError } from "../../../base/errors.ts";
import { DRAIN_BUSY_MS } from "../../../base/limits.ts";
import type { Connection, ConnectionHandler } from "../../../engine/engine.ts";
import { formatAddress } from "../../../model/address.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import type { LiveSession } from "../../../model/live_session.ts";
import type { AppParts } from "../../../model/session_effect.ts";
import type { ListenerSnapshot, Policy } from "../../../model/snapshot.ts";
import type { App } from "../../app.ts";
import type { ClientPlace } from "../../client_place.ts";
import type { ClientSession, ListenerOwner, SessionContext } from "../../client_session.ts";
import type { Gate } from "../../gate.ts";
import type { ProxiedClient } from "../../proxy_protocol/proxied_client.ts";
import type { Trace } from "../../why/trace.ts";
import { ClientConnection } from "../client_connection.ts";
import type { Switch } from "../exchange/exchange_end.ts";
import { TOO_MANY_CLIENTS, tooManyConnections } from "../exchange/local_answers.ts";
import type { HttpApp } from "../http_app.ts";
import { RequestService } from "./request_service.ts";
import type { RequestServiceOwner } from "./request_service_owner.ts";
import { Tunnel } from "./tunnel.ts";

/** A client that sends on after its last answer is listened to for this long, so that it can read that answer, ... */
const LINGER_MS = 2_000;
/** ... or until it has sent this much. */
const LINGER_MAX_BYTES = 16 * 1024 * 1024;

/** Requests are served; the last answer was given; the endpoint's protocol goes both ways; it is over. */
type State = "open" | "lingering" | "tunnel" | "ended";

/**
 * One client's connection in HTTP mode, from accept to account: admission, times, drain and end. What comes on it is the
 * {@link RequestService}'s, and a {@link Tunnel}'s after an upgrade. A synchronous object that the engine drives.
 */
export class HttpSession implements ClientSession, ConnectionHandler, RequestServiceOwner {
  bagIndex = -1;
  #state: State = "open";
  readonly #client: ClientConnection;
  readonly #service: RequestService;
  #tunnel: Tunnel | null = null;
  /** Why the connection ends. */
  #reason: CloseReason = "done";
  /** It ends within a time, see {@link drain}. */
  #isDraining = false;
  /** Why it drains. */
  #drainReason: Extract<CloseReason, "drain" | "max_duration"> = "drain";
  #drainHardAt = Infinity;
  /** In a drain a client may be idle for so long: its next request may be on its way, and is answered. */
  #drainIdleMs = Infinity;
  #drainedAt = 0;
  #lingerUntil = Infinity;
  #lingerBytes = 0;

  /** @param number of the client in this thread. */
  constructor(
    private readonly context: SessionContext,
    bound: ListenerOwner,
    http: HttpApp,
    connection: Connection,
    readonly number: number,
    private readonly place: ClientPlace,
    proxied: ProxiedClient | null,
  ) {
    this.#client = new ClientConnection(context, bound, http, connection, number, proxied, this.#onTime);
    this.#service = new RequestService(this, this.#client);
  }

  get app(): App {
    return this.#client.app;
  }

  get listener(): ListenerSnapshot {
    return this.#client.listener;
  }

  fits(app: AppParts): boolean {
    if (!app.isHttp || !app.hasListener(this.listener.key)) return false;
    if (this.#tunnel !== null) return app.hasTarget(this.#tunnel.target.key);
    return !this.#service.usesRemoved(app);
  }

  start(): void {
    this.#client.connection.handler = this;
    const { gate } = this.app;
    if (gate !== null && !this.#passes(gate)) return;
    // Who is denied is told so when it asks for something, and takes none of the app's places.
    if (!this.#client.isDenied && !this.place.admit(this.#policy.maxConnections)) {
      return this.#service.turnAway(TOO_MANY_CLIENTS, "limit");
    }
    this.#service.start();
    this.#reach();
  }

  drain(): void {
    if (this.#isDraining || this.#state === "ended") return;
    this.#isDraining = true;
    this.#drainHardAt = this.context.engine.now() + this.#policy.drainTimeoutMs;
    if (this.#tunnel !== null) return this.#tunnel.drain();
    this.#leaveSoon();
    this.#reach();
  }

  targetsDown(slots: readonly number[]): void {
    if (this.#tunnel !== null && slots.includes(this.#tunnel.target.slot)) this.#tunnel.stop("target_down");
  }

  cut(reason: CloseReason): void {
    if (this.#state === "ended") return;
    if (this.#tunnel !== null) this.#tunnel.stop(reason);
    else if (this.#state === "lingering" || this.#isIdle) this.#close(reason);
    else this.#service.cut(reason);
  }

  describe(): LiveSession {
    const { engine, idPrefix } = this.context;
    const { name, revision } = this.app.snapshot;
    const { target, bytesIn, bytesOut, requests } = this.#service.describe();
    return {
      id: idPrefix + this.number.toString(36),
      number: this.number,
      app: name,
      listener: this.listener.key,
      client: formatAddress(this.#client.connection.remote),
      target: this.#tunnel?.target.key ?? target,
      revision,
      ageMs: engine.now() - this.#client.acceptedAt,
      bytesIn: this.#tunnel?.bytesFromClient ?? bytesIn,
      bytesOut: this.#tunnel?.bytesFromEndpoint ?? bytesOut,
      requests,
    };
  }

  trace(): Trace | null {
    return this.#service.trace();
  }

  /** What an exchange or a tunnel takes is not limited: only the next request is to come on a new connection. */
  handOff(): void {
    if (this.#client.isLeaving || this.#tunnel !== null || this.#state === "ended") return;
    this.#leaveSoon();
    this.#reach();
  }

  onData(bytes: Uint8Array): void {
    if (this.#state === "open") return this.#service.feed(bytes);
    this.#lingerBytes += bytes.length;
    if (this.#lingerBytes > LINGER_MAX_BYTES) this.#close(this.#reason);
  }

  onDrain(): void {
    this.#service.onDrain();
  }

  onEnd(): void {
    this.#client.hasEnded = true;
    if (this.#state === "lingering") return this.#close(this.#reason);
    if (!this.#service.finish() && this.#service.isIdle) this.#close("done");
  }

  onClose(error: NetError | null): void {
    const isQuiet = this.#state === "lingering" || this.#isIdle;
    this.#service.abort("client_abort");
    if (error?.code === "tls") {
      this.context.tlsFailures.ofClient(this.app.snapshot.name, this.listener, error);
      this.#end("client_abort");
    } else this.#end(isQuiet ? this.#reason : "client_abort");
  }

  onNext(): void {
    this.#reach();
  }

  onLastAnswer(reason: CloseReason, isExpected: boolean): void {
    // An answer is lost when bytes are unread at the close: the client's kernel throws it away at the RST.
    if (!this.place.isAdmitted || this.#client.hasEnded || isExpected) return this.#close(reason);
    this.#reason = reason;
    this.#state = "lingering";
    this.#lingerUntil = this.context.engine.now() + LINGER_MS;
    this.#client.connection.end();
    this.#client.connection.resume();
    this.#reach();
  }

  onCut(reason: CloseReason, isVisible: boolean): void {
    if (isVisible) this.#client.connection.close();
    else this.#client.connection.reset();
    this.#end(reason);
  }

  onSwitched(end: Switch): void {
    this.#state = "tunnel";
    this.#client.timer.stop();
    this.#tunnel = new Tunnel(this.#client, end, (reason, tunnel) => {
      this.#service.endTunnel(reason, tunnel);
      this.#end(reason);
    });
    if (this.#isDraining) this.#tunnel.drain();
  }

  /** @returns false where the client was turned away, since a limit is exceeded. */
  #passes(gate: Gate): boolean {
    const { remote } = this.#client.connection;
    this.#client.isDenied = !gate.allows(remote);
    const admission = this.#client.isDenied ? null : gate.admit(remote, this.context.clock.wallTime());
    if (admission === null || this.place.pass(admission)) return true;
    this.#service.turnAway(tooManyConnections(admission.waitMs), "limit");
    return false;
  }

  get #policy(): Policy {
    return this.app.snapshot.policy;
  }

  /** The deadline may have come nearer. */
  #reach(): void {
    this.#client.timer.reach(this.#nextDeadline);
  }

  get #isIdle(): boolean {
    return this.#state === "open" && this.#service.isIdle;
  }

  get #nextDeadline(): number {
    if (this.#state === "lingering") return this.#lingerUntil;
    if (this.#state !== "open") return Infinity;
    const { maxConnectionDurationMs } = this.#policy;
    const hasEnd = maxConnectionDurationMs > 0 && !this.#isDraining;
    const durationAt = hasEnd ? this.#client.acceptedAt + maxConnectionDurationMs : Infinity;
    return Math.min(this.#drainHardAt, this.#drainIdleAt, durationAt, this.#service.deadline);
  }

  get #drainIdleAt(): number {
    return this.#isIdle ? Math.max(this.#drainedAt, this.#service.idleSince) + this.#drainIdleMs : Infinity;
  }

  readonly #onTime = (): void => {
    const now = this.context.engine.now();
    if (now >= this.#nextDeadline) this.#onDue(now);
    if (this.#state !== "ended") this.#reach();
  };

  #onDue(now: number): void {
    if (this.#state === "lingering") this.#close(this.#reason);
    else if (this.#isIdle && now >= Math.min(this.#drainIdleAt, this.#drainHardAt)) {
      this.#close(this.#drainReason);
    } else if (now >= this.#drainHardAt) this.#service.cut(this.#drainReason);
    else if (now < this.#service.deadline) this.#endDuration();
    else if (!this.#isIdle) this.#service.onTime(now);
    else this.#close(this.#service.count > 0 ? "done" : "idle_timeout");
  }

  #leaveSoon(): void {
    if (this.#client.isLeaving) return;
    const { engine, random } = this.context;
    this.#client.isLeaving = true;
    this.#drainedAt = engine.now();
    // Spread, so that idle clients do not all come back at once.
    this.#drainIdleMs = Math.min(DRAIN_BUSY_MS, this.#policy.drainTimeoutMs) * (1 + random()) / 2;
  }

  /** The longest duration is over. */
  #endDuration(): void {
    this.#drainReason = "max_duration";
    this.drain();
  }

  #close(reason: CloseReason): void {
    this.#client.connection.close();
    this.#end(reason);
  }

  #end(reason: CloseReason): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#client.timer.stop();
    this.#client.own?.close();
    this.place.leave(reason, this.context.engine.now() - this.#client.acceptedAt);
    this.#service.release();
    this.context.onEnded(this);
  }
}
