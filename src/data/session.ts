import { DESCRIPTOR_WAIT_MS } from "../base/limits.ts";
import type { NetError } from "../base/errors.ts";
import type { Attempt, Connection, Relay, RelayEnd, RelayHandler } from "../engine/engine.ts";
import { formatAddress, type SocketAddress } from "../model/address.ts";
import { Counter } from "../model/board.ts";
import type { CloseReason } from "../model/close_reason.ts";
import { HISTOGRAMS } from "../model/histograms.ts";
import type { LiveSession } from "../model/live_session.ts";
import type { AppParts } from "../model/session_effect.ts";
import type { ListenerSnapshot, TargetSnapshot } from "../model/snapshot.ts";
import { DENIED } from "../strategy/mod.ts";
import type { SessionFacts } from "./access_facts.ts";
import type { App } from "./app.ts";
import type { ClientSession, SessionContext } from "./client_session.ts";
import { Connector } from "./connector.ts";
import type { ConnectorHandler } from "./connector.ts";
import { keepRecords } from "./keep_records.ts";
import { relayEndReason } from "./relay_end_reason.ts";
import { RelayTimeouts } from "./relay_timeouts.ts";
import type { TimeUp } from "./relay_timeouts.ts";
import type { ClientPlace } from "./client_place.ts";
import { Place } from "./place.ts";
import { outgoingHeader, sendBeforeRelay } from "./proxy_protocol/outgoing_header.ts";
import { type ProxiedClient, proxyAddressOf } from "./proxy_protocol/proxied_client.ts";
import { ConnectSpans } from "./tracing/connect_spans.ts";
import { type AttemptTrace, lostAttempt, withAttempt } from "./why/attempt_trace.ts";
import type { ChoiceTrace } from "./why/passed_over.ts";
import { NONE, Trace } from "./why/trace.ts";

/**
 * One TCP client's connection from accept to account: pick a target, connect to it or to the next, relay, write the
 * record. A synchronous state object that the engine's callbacks drive; the one place of retry and time-out policy.
 */
export class Session implements ClientSession, ConnectorHandler, RelayHandler {
  bagIndex = -1;
  readonly #acceptedAt: number;
  #tried: number[] = [];
  #target: TargetSnapshot | null = null;
  #connector: Connector | null = null;
  #relay: Relay | null = null;
  readonly #timeouts: RelayTimeouts;
  /** When the target that is tried was chosen; later when the attempt began that connected. */
  #attemptedAt = 0;
  #connectedAt = 0;
  /** Of the target that took it. */
  #address: SocketAddress | null = null;
  /** The last choice of a target, ... */
  #choice: ChoiceTrace | null = null;
  /** ... and the attempts that came to nothing; both only where traces are kept. */
  #lost: AttemptTrace[] | null = null;
  /** Held while a target is tried or taken. */
  readonly #targetPlace: Place;
  /** Null where it is not traced for OpenTelemetry. */
  readonly #spans: ConnectSpans | null;
  #ended = false;

  constructor(
    private readonly context: SessionContext,
    readonly app: App,
    readonly listener: ListenerSnapshot,
    private readonly client: Connection,
    readonly number: number,
    private readonly place: ClientPlace,
    private readonly proxied: ProxiedClient | null,
  ) {
    this.#acceptedAt = context.engine.now();
    this.#targetPlace = new Place(context.counters);
    const { tracer } = context;
    this.#spans = tracer === null ? null : ConnectSpans.begin(tracer, context.engine);
    this.#timeouts = new RelayTimeouts(context, app.snapshot.policy, this.#acceptedAt, this);
  }

  fits(app: AppParts): boolean {
    return app.hasListener(this.listener.key) && (this.#target === null || app.hasTarget(this.#target.key));
  }

  start(): void {
    const { gate, snapshot: { policy } } = this.app;
    if (gate !== null) {
      const { remote } = this.client;
      if (!gate.allows(remote)) return this.#refuse("denied");
      const admission = gate.admit(remote, this.context.clock.wallTime());
      if (admission !== null && !this.place.pass(admission)) return this.#refuse("limit");
    }
    if (this.place.admit(policy.maxConnections)) this.#tryNext();
    else this.#refuse("limit");
  }

  /** It keeps its sockets, its target and its limits, and ends by itself. */
  handOff(): void {}

  drain(): void {
    this.#timeouts.drain();
  }

  targetsDown(slots: readonly number[]): void {
    if (this.#target === null || !slots.includes(this.#target.slot)) return;
    if (this.#relay !== null) return this.cut("target_down");
    // It has been sent nothing yet: another target may serve the client. One that hangs may take the connection, and say nothing.
    this.#spans?.failed("target_down", this.#connector?.lastAddress);
    this.#connector?.cancel("target_down");
    this.#connector = null;
    this.#leaveTarget();
    this.#tryNext();
  }

  cut(reason: CloseReason): void {
    if (this.#ended) return;
    if (this.#relay === null) {
      this.#connector?.cancel();
      return this.#refuse(reason);
    }
    this.#relay.stop("close");
    this.#end(reason);
  }

  describe(): LiveSession {
    const { engine } = this.context;
    const { name, revision } = this.app.snapshot;
    return {
      id: this.#id,
      number: this.number,
      app: name,
      listener: this.listener.key,
      client: formatAddress(this.client.remote),
      target: this.#target?.key ?? null,
      revision,
      ageMs: engine.now() - this.#acceptedAt,
      bytesIn: this.#relay?.bytesFromClient ?? 0,
      bytesOut: this.#relay?.bytesFromTarget ?? 0,
      requests: null,
    };
  }

  trace(): Trace {
    const { engine } = this.context;
    const trace = new Trace();
    this.#trace(trace, formatAddress(this.client.remote));
    const now = engine.now();
    for (const { address, startedAt } of this.#connector?.running ?? []) {
      const attempt = { address, startedAt, endedAt: now, error: null, call: null };
      trace.others = [...trace.others ?? [], { ...attempt, target: this.#lastTried, result: "under_way" }];
    }
    trace.end(
      now,
      null,
      this.#relay?.firstEnded ?? null,
      this.#relay?.bytesFromClient ?? 0,
      this.#relay?.bytesFromTarget ?? 0,
    );
    return trace;
  }

  onConnected(connection: Connection, attempt: Attempt): void {
    const { engine, counters } = this.context;
    this.#connectedAt = engine.now();
    this.#spans?.connected(connection.remote);
    const connectMs = this.#connectedAt - this.#attemptedAt;
    this.#attemptedAt = attempt.startedAt;
    this.#address = attempt.address;
    this.app.learner?.served(this.#lastTried, connectMs);
    counters.took(this.app.snapshot.slot, HISTOGRAMS.connect, connectMs);
    const slot = this.#target?.slot ?? 0;
    counters.add(slot, Counter.connections, 1);
    this.app.outcomes?.connected(slot);
    this.#connector = null;
    this.#sendProxyHeader(connection);
    this.#relay = engine.relay(this.client, connection, this);
    this.#timeouts.begin(this.#relay);
  }

  onConnectFailed(error: NetError): void {
    this.#spans?.failed(error.code, this.#connector?.lastAddress);
    this.#connector = null;
    if (error.code === "exhausted") return this.#waitForDescriptor();
    if (this.#target !== null) {
      this.context.counters.add(this.#target.slot, Counter.connectFailures, 1);
      this.app.outcomes?.connectFailed(this.#target.slot, error);
    }
    this.app.learner?.failed(this.#lastTried, this.context.engine.now() - this.#attemptedAt);
    this.#leaveTarget();
    if (error.retryable) this.#tryNext();
    else this.#refuse("connect_failed");
  }

  onAttemptLost(attempt: Attempt, error: string | null): void {
    const { engine, traces } = this.context;
    if (!traces.isOn) return;
    this.#lost = withAttempt(this.#lost, lostAttempt(this.#lastTried, attempt, error, engine.now()));
  }

  onHalfClose(): void {
    this.#timeouts.onHalfClose();
  }

  onDone(end: RelayEnd): void {
    this.#end(relayEndReason(end));
  }

  onTimeUp(reason: TimeUp): void {
    this.cut(reason);
  }

  #tryNext(): void {
    const { engine, picker, counters } = this.context;
    const { policy, targets, slot } = this.app.snapshot;
    this.#attemptedAt = engine.now();
    const leftMs = this.#acceptedAt + policy.connectTimeoutMs - this.#attemptedAt;
    if (leftMs <= 0 || this.#tried.length >= policy.maxAttempts) return this.#refuse("connect_failed");
    const untried = picker.countUntried(this.app, this.#tried, policy.maxAttempts - this.#tried.length);
    const index = this.#pick();
    const target = targets[index];
    if (target === undefined) {
      const reason = index === DENIED ? "denied" : "no_target";
      return this.#refuse(this.#tried.length === 0 ? reason : "connect_failed");
    }
    if (this.#tried.length > 0) counters.add(slot, Counter.retries, 1);
    this.#tried.push(index);
    this.#target = target;
    counters.add(target.slot, Counter.connectAttempts, 1);
    this.#spans?.attempted(target.key);
    // A target that swallows packets must leave time for the others: what is left is shared evenly.
    const shareMs = policy.attemptTimeoutMs > 0 ? policy.attemptTimeoutMs : leftMs / Math.max(1, untried);
    const options = { timeoutMs: Math.max(1, Math.min(leftMs, shareMs)), tcp: policy.tcp };
    const turn = picker.takeTurn(target);
    this.#connector = new Connector(engine, target.addresses, options, policy.raceDelayMs, this, turn);
    this.#connector.start();
  }

  #sendProxyHeader(connection: Connection): void {
    const version = this.#target?.sendProxy;
    if (version === undefined) return;
    sendBeforeRelay(connection, outgoingHeader(version, this.client, this.proxied, this.#id));
  }

  /** It is our own trouble, and sessions that end give descriptors back: the same target is tried again soon. */
  #waitForDescriptor(): void {
    const { engine } = this.context;
    this.#leaveTarget();
    this.#tried.pop();
    if (this.#acceptedAt + this.app.snapshot.policy.connectTimeoutMs <= engine.now() + DESCRIPTOR_WAIT_MS) {
      return this.#refuse("resource");
    }
    engine.timer(DESCRIPTOR_WAIT_MS, () => {
      if (!this.#ended) this.#tryNext();
    });
  }

  /** Picks a target and takes one of its places. */
  #pick(): number {
    const { picker, traces } = this.context;
    for (;;) {
      const index = picker.pick(this.app, this.client.remote, this.listener.address, this.#tried);
      const target = this.app.snapshot.targets[index];
      // Another thread may have taken the last place since the strategy looked: then it looks again.
      if (target === undefined || this.#targetPlace.take(target.slot, target.maxConnections)) {
        if (traces.isOn) this.#choice = picker.trace(this.app);
        return index;
      }
    }
  }

  get #id(): string {
    return this.context.idPrefix + this.number.toString(36);
  }

  /** Index of the target that is tried or was taken. */
  get #lastTried(): number {
    return this.#tried[this.#tried.length - 1] ?? 0;
  }

  #leaveTarget(): void {
    this.#targetPlace.leave();
    this.#target = null;
  }

  #refuse(reason: CloseReason): void {
    this.client.reset();
    this.#end(reason);
  }

  #end(reason: CloseReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timeouts.stop();
    const { counters, engine, access, traces } = this.context;
    const { slot, policy } = this.app.snapshot;
    const bytesIn = this.#relay?.bytesFromClient ?? 0;
    const bytesOut = this.#relay?.bytesFromTarget ?? 0;
    counters.add(slot, Counter.bytesIn, bytesIn);
    counters.add(slot, Counter.bytesOut, bytesOut);
    if (this.#target !== null) {
      counters.add(this.#target.slot, Counter.bytesIn, bytesIn);
      counters.add(this.#target.slot, Counter.bytesOut, bytesOut);
    }
    this.#targetPlace.leave();
    const now = engine.now();
    const firstByteAt = this.#relay?.firstByteAt ?? 0;
    if (firstByteAt > 0) counters.took(slot, HISTOGRAMS.firstByte, firstByteAt - this.#acceptedAt);
    this.place.leave(reason, now - this.#acceptedAt);
    const trace = traces.next();
    const isLogged = access.wants(policy.accessLogSample);
    const isRecorded = isLogged || this.#spans !== null;
    const clientAddr = trace !== null || isRecorded ? formatAddress(this.client.remote) : "";
    if (isRecorded) this.#record(reason, now, clientAddr, bytesIn, bytesOut, isLogged);
    if (trace !== null) {
      this.#trace(trace, clientAddr);
      trace.end(now, reason, this.#relay?.firstEnded ?? null, bytesIn, bytesOut);
    }
    this.context.onEnded(this);
  }

  /** What a trace tells besides the end. */
  #trace(trace: Trace, clientAddr: string): void {
    trace.begin(this.app.snapshot, this.listener, clientAddr, this.number, NONE, this.#acceptedAt);
    trace.choice = this.#choice;
    trace.others = this.#lost;
    if (this.#relay === null) return;
    const { firstByteAt } = this.#relay;
    trace.took(this.#lastTried, this.#address, this.#attemptedAt, this.#connectedAt, firstByteAt);
  }

  #record(
    reason: CloseReason,
    now: number,
    clientAddr: string,
    bytesIn: number,
    bytesOut: number,
    isLogged: boolean,
  ): void {
    const { snapshot } = this.app;
    const taken = this.#relay === null ? 0 : 1;
    const firstByteAt = this.#relay?.firstByteAt ?? 0;
    const facts: SessionFacts = {
      ts: this.context.clock.wallTime(),
      id: this.#id,
      app: snapshot.name,
      listener: this.listener.key,
      clientAddr,
      proxyAddr: proxyAddressOf(this.proxied),
      target: this.#relay === null ? null : this.#target?.key ?? null,
      attempts: this.#tried.length,
      tried: this.#tried.slice(0, this.#tried.length - taken).map((index) =>
        snapshot.targets[index]?.key ?? ""
      ),
      connectMs: this.#relay === null ? null : this.#connectedAt - this.#acceptedAt,
      firstByteMs: firstByteAt === 0 ? null : firstByteAt - this.#acceptedAt,
      durationMs: now - this.#acceptedAt,
      bytesIn,
      bytesOut,
      revision: snapshot.revision,
      pickedBy: snapshot.strategy.type,
      closeReason: reason,
    };
    const traced = this.#spans?.ended(reason, this.#acceptedAt, this.listener.address) ?? null;
    keepRecords(this.context, facts, null, isLogged, traced);
  }
}
