import type { NetError } from "../../../base/errors.ts";
import { DRAIN_BUSY_MS } from "../../../base/limits.ts";
import type { Connection, ConnectionHandler } from "../../../engine/engine.ts";
import { formatAddress } from "../../../model/address.ts";
import { Counter } from "../../../model/board.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import type { LiveSession } from "../../../model/live_session.ts";
import type { AppParts } from "../../../model/session_effect.ts";
import type { ListenerSnapshot, Policy, TargetSnapshot } from "../../../model/snapshot.ts";
import type { App } from "../../app.ts";
import type { ClientPlace } from "../../client_place.ts";
import type { ClientSession, ListenerOwner, SessionContext } from "../../client_session.ts";
import type { Place } from "../../place.ts";
import type { Trace } from "../../why/trace.ts";
import { TOO_MANY_CLIENTS } from "../exchange/local_answers.ts";
import type { HttpApp } from "../http_app.ts";
import { DeadlineTimer } from "./deadline_timer.ts";
import { RequestService } from "./request_service.ts";
import type { RequestServiceOwner } from "./request_service_owner.ts";
import { Tunnel, type TunnelOwner } from "./tunnel.ts";

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
export class HttpSession implements ClientSession, ConnectionHandler, RequestServiceOwner, TunnelOwner {
  bagIndex = -1;
  app: App;
  readonly isTls: boolean;
  #http: HttpApp;
  #state: State = "open";
  readonly #acceptedAt: number;
  readonly #service: RequestService;
  readonly #deadline: DeadlineTimer;
  #tunnel: Tunnel | null = null;
  #tunnelTarget: TargetSnapshot | null = null;
  #tunnelPlace: Place | null = null;
  /** Why the connection ends. */
  #reason: CloseReason = "done";
  /** The client sent its FIN. */
  #hasEnded = false;
  /** Its clients are led to new connections. */
  #isLeaving = false;
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

  /** Where the client came in: the listener may be another app's by now. */
  readonly listener: ListenerSnapshot;

  /** @param number of the client in this thread. */
  constructor(
    readonly context: SessionContext,
    private readonly bound: ListenerOwner,
    http: HttpApp,
    readonly client: Connection,
    readonly number: number,
    private readonly place: ClientPlace,
  ) {
    this.app = bound.app;
    this.listener = bound.snapshot;
    this.#http = http;
    this.isTls = this.app.snapshot.certificate !== null;
    this.#acceptedAt = context.engine.now();
    this.#service = new RequestService(this, number);
    this.#deadline = new DeadlineTimer(context.engine, this.#onTime);
  }

  get policy(): Policy {
    return this.app.snapshot.policy;
  }

  get mayPersist(): boolean {
    return !this.#isLeaving && !this.#hasEnded;
  }

  get mayAsk(): boolean {
    return !this.#hasEnded;
  }

  currentApp(): { readonly app: App; readonly http: HttpApp } {
    const { app } = this.bound;
    // What became another app's (by its slot: names come back), or no longer speaks HTTP, is drained by the thread.
    if (app.http !== null && app.snapshot.slot === this.app.snapshot.slot) {
      this.app = app;
      this.#http = app.http;
    }
    return { app: this.app, http: this.#http };
  }

  fits(app: AppParts): boolean {
    if (!app.isHttp || !app.hasListener(this.listener.key)) return false;
    if (this.#tunnelTarget !== null) return app.hasTarget(this.#tunnelTarget.key);
    return !this.#service.usesRemoved(app);
  }

  start(): void {
    this.client.handler = this;
    if (!this.place.admit(this.policy.maxConnections)) {
      return this.#service.turnAway(TOO_MANY_CLIENTS, "limit");
    }
    this.#service.start();
    this.onDeadline();
  }

  drain(): void {
    if (this.#isDraining || this.#state === "ended") return;
    this.#isDraining = true;
    this.#drainHardAt = this.context.engine.now() + this.policy.drainTimeoutMs;
    if (this.#tunnel !== null) return this.#tunnel.drain();
    this.#leaveSoon();
    this.onDeadline();
  }

  targetsDown(slots: readonly number[]): void {
    if (this.#tunnelTarget !== null && slots.includes(this.#tunnelTarget.slot)) {
      this.#tunnel?.stop("target_down");
    }
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
    const { target, bytesIn, bytesOut, count } = this.#service;
    return {
      id: idPrefix + this.number.toString(36),
      number: this.number,
      app: name,
      listener: this.listener.key,
      client: formatAddress(this.client.remote),
      target: this.#tunnelTarget?.key ?? target,
      revision,
      ageMs: engine.now() - this.#acceptedAt,
      bytesIn: this.#tunnel?.bytesFromClient ?? bytesIn,
      bytesOut: this.#tunnel?.bytesFromEndpoint ?? bytesOut,
      requests: count,
    };
  }

  trace(): Trace | null {
    return this.#service.trace();
  }

  /** What an exchange or a tunnel takes is not limited: only the next request is to come on a new connection. */
  handOff(): void {
    if (this.#isLeaving || this.#tunnel !== null || this.#state === "ended") return;
    this.#leaveSoon();
    this.onDeadline();
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
    this.#hasEnded = true;
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

  onDeadline(): void {
    this.#deadline.reach(this.#nextDeadline);
  }

  onLastAnswer(reason: CloseReason, isExpected: boolean): void {
    // An answer is lost when bytes are unread at the close: the client's kernel throws it away at the RST.
    if (!this.place.isAdmitted || this.#hasEnded || isExpected) return this.#close(reason);
    this.#reason = reason;
    this.#state = "lingering";
    this.#lingerUntil = this.context.engine.now() + LINGER_MS;
    this.client.end();
    this.client.resume();
    this.onDeadline();
  }

  onCut(reason: CloseReason, isVisible: boolean): void {
    if (isVisible) this.client.close();
    else this.client.reset();
    this.#end(reason);
  }

  onSwitched(connection: Connection, target: TargetSnapshot, place: Place): void {
    this.#state = "tunnel";
    this.#deadline.cancel();
    this.#tunnelTarget = target;
    this.#tunnelPlace = place;
    this.#tunnel = new Tunnel(this, this.client, connection, this.#acceptedAt);
    if (this.#isDraining) this.#tunnel.drain();
  }

  onTunnelEnd(reason: CloseReason, tunnel: Tunnel): void {
    const { bytesFromClient, bytesFromEndpoint } = tunnel;
    const { counters } = this.context;
    this.#tunnelPlace?.leave();
    if (this.#tunnelTarget !== null) {
      counters.add(this.#tunnelTarget.slot, Counter.bytesIn, bytesFromClient);
      counters.add(this.#tunnelTarget.slot, Counter.bytesOut, bytesFromEndpoint);
    }
    this.#service.endTunnel(reason, tunnel);
    this.#end(reason);
  }

  get #isIdle(): boolean {
    return this.#state === "open" && this.#service.isIdle;
  }

  get #nextDeadline(): number {
    if (this.#state === "lingering") return this.#lingerUntil;
    if (this.#state !== "open") return Infinity;
    const { maxConnectionDurationMs } = this.policy;
    const hasEnd = maxConnectionDurationMs > 0 && !this.#isDraining;
    const durationAt = hasEnd ? this.#acceptedAt + maxConnectionDurationMs : Infinity;
    return Math.min(this.#drainHardAt, this.#drainIdleAt, durationAt, this.#service.deadline);
  }

  get #drainIdleAt(): number {
    return this.#isIdle ? Math.max(this.#drainedAt, this.#service.idleSince) + this.#drainIdleMs : Infinity;
  }

  readonly #onTime = (): void => {
    const now = this.context.engine.now();
    if (now >= this.#nextDeadline) this.#onDue(now);
    if (this.#state !== "ended") this.onDeadline();
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
    if (this.#isLeaving) return;
    const { engine, random } = this.context;
    this.#isLeaving = true;
    this.#drainedAt = engine.now();
    // Spread, so that idle clients do not all come back at once.
    this.#drainIdleMs = Math.min(DRAIN_BUSY_MS, this.policy.drainTimeoutMs) * (1 + random()) / 2;
  }

  /** The longest duration is over. */
  #endDuration(): void {
    this.#drainReason = "max_duration";
    this.drain();
  }

  #close(reason: CloseReason): void {
    this.client.close();
    this.#end(reason);
  }

  #end(reason: CloseReason): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#deadline.cancel();
    this.place.leave(reason, this.context.engine.now() - this.#acceptedAt);
    this.#service.release();
    this.context.onEnded(this);
  }
}
