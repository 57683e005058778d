import type { Clock } from "../base/clock.ts";
import { NetError } from "../base/errors.ts";
import { Interner } from "../base/interner.ts";
import type { Random } from "../base/random.ts";
import type { Engine } from "../engine/engine.ts";
import { Counter, Header, PROCESS_SLOT } from "../model/board.ts";
import type { Board } from "../model/board.ts";
import type { Command, ListenFailure, Report } from "../model/messages.ts";
import type { EffectCounts, SessionEffect } from "../model/session_effect.ts";
import type { AppSnapshot, Policy } from "../model/snapshot.ts";
import { TraceCredit } from "../model/trace_credit.ts";
import { readTraceSampling } from "../model/tracing.ts";
import type { WhyQuery } from "../model/why.ts";
import { AccessBuffer } from "./access_buffer.ts";
import { Acceptor } from "./acceptor.ts";
import { App, type AppContext } from "./app.ts";
import type { ClientSession, SessionContext } from "./client_session.ts";
import { ConnectionCap } from "./connection_cap.ts";
import { Counters } from "./counters.ts";
import { DepartingSessions, effectOn, NO_REVISION, noEffects } from "./departing_sessions.ts";
import { HttpApp } from "./http/http_app.ts";
import { HttpShared } from "./http/http_shared.ts";
import { LastBytes } from "./last_bytes.ts";
import { answerSessions } from "./live_sessions.ts";
import { LogThrottle } from "./log_throttle.ts";
import { Picker } from "./picker.ts";
import { RecordBuffer } from "./record_buffer.ts";
import { rehearse } from "./rehearse.ts";
import { RolloutParts } from "./rollout_parts.ts";
import { RuleCounts } from "./rule_counts.ts";
import { ScriptFailures } from "./script_failures.ts";
import { TlsFailures } from "./tls_failures.ts";
import { Tracer } from "./tracing/tracer.ts";
import { answerWhy } from "./why/answer_why.ts";
import { TraceRing } from "./why/trace_ring.ts";
import { WallTimes } from "./why/wall_times.ts";

type ApplyCommand = Extract<Command, { type: "apply" }>;

/** What a data thread is made from. */
export interface DataThreadOptions {
  readonly engine: Engine;
  readonly board: Board;
  /** Memory of tables that control makes. */
  readonly tables: SharedArrayBuffer;
  /** This thread's counters, which nobody else writes. */
  readonly counters: Float64Array;
  readonly clock: Clock;
  readonly random: Random;
  report(report: Report): void;
}

/** One data thread: carries out control's commands and holds the apps, listeners and sessions. */
export class DataThread {
  /** Those that another engine carries are here too: their sessions may not have ended. */
  readonly #apps = new Map<string, App>();
  readonly #acceptor: Acceptor;
  readonly #departing = new DepartingSessions();
  readonly #access: AccessBuffer;
  readonly #tracer: Tracer | null;
  readonly #http: HttpShared;
  readonly #traces: TraceRing;
  readonly #policies = new Interner<Policy>();
  /** Of ids of its sessions. */
  readonly #idPrefix: string;
  readonly #wallTimes: WallTimes;
  readonly #appContext: AppContext;
  /** Listeners that could not be bound here, by key; each `applied` tells all of them. */
  readonly #unbound = new Map<string, ListenFailure>();
  /** In force here. */
  #revision = 0;
  /** The rollout that comes in parts. */
  #rollout = new RolloutParts();
  #leaving = false;
  #draining = false;
  #closing = 0;
  readonly #lastBytes: LastBytes;
  /** Of all apps so far: sessions keep the policy that they started under. */
  #longestDrainMs = 0;

  constructor(private readonly options: DataThreadOptions) {
    const { engine, board, counters, clock, random } = options;
    const report = (message: Report): void => options.report(message);
    const throttle = new LogThrottle(board.words);
    const ownCounters = new Counters(board.words, counters);
    this.#idPrefix = `${Atomics.add(board.words, Header.threadStarts, 1).toString(36)}-`;
    this.#access = new AccessBuffer(board, ownCounters, engine, random, report);
    this.#tracer = this.#newTracer(ownCounters);
    this.#http = new HttpShared(engine, clock, throttle, report);
    this.#traces = new TraceRing(board.words);
    this.#wallTimes = new WallTimes(engine, clock);
    const scripts = new ScriptFailures(ownCounters, throttle, clock, report);
    const rules = new RuleCounts(ownCounters, throttle, clock, report);
    this.#appContext = {
      ...options,
      rules,
      strategyFailed: (app, describe) => scripts.add(app, describe),
    };
    const context: SessionContext = {
      engine,
      clock,
      random,
      picker: new Picker(board, rules),
      counters: ownCounters,
      access: this.#access,
      tracer: this.#tracer,
      tlsFailures: new TlsFailures(throttle, clock, report),
      http: this.#http,
      traces: this.#traces,
      idPrefix: this.#idPrefix,
      onEnded: (session: ClientSession) => {
        this.#acceptor.sessions.delete(session);
        this.#departing.ended(session);
        if (this.#leaving) this.#maybeStopped();
      },
    };
    this.#acceptor = new Acceptor(context, {
      cap: new ConnectionCap(board.words),
      throttle,
      report,
      onLate: (session) => {
        this.#settle(session, NO_REVISION);
      },
    });
    // A client that reads slowly keeps its descriptor after its session: it counts until it is gone.
    engine.watchLingering((change) => {
      if (change > 0) ownCounters.enter(PROCESS_SLOT, 0);
      else ownCounters.leave(PROCESS_SLOT);
    });
    this.#lastBytes = new LastBytes(engine, (cut) => this.#stopped(cut));
  }

  /** Carries out one command. */
  handle(command: Command): void {
    switch (command.type) {
      case "apply":
        return this.#apply(command);
      case "serve":
        return this.#serve(command.sockets);
      case "target_down":
        return this.#acceptor.sessions.forEach((session) => session.targetsDown(command.slots));
      case "sessions":
        return this.options.report(answerSessions(this.#acceptor.sessions, command.query));
      case "why":
        return this.#answerWhy(command.query);
      case "rehearse":
        return this.options.report(rehearse(this.#acceptor.sessions, this.#departing, command.query));
      case "ping":
        return this.options.report({ type: "pong" });
      case "retire":
        return this.#leave();
      case "drain":
        this.#draining = true;
        this.#lastBytes.limit(this.#longestDrainMs);
        return this.#leave();
      case "stop":
        return this.options.report({ type: "stopped" });
      case "crash":
        throw new Error("This data thread was told to crash");
      case "hang":
        // Until the thread is ended from outside.
        for (;;);
    }
  }

  #apply({ revision, apps: changed, removed, sockets, isPart, isRollout }: ApplyCommand): void {
    for (const name of [...removed, ...changed.map((app) => app.name)]) {
      const before = this.#apps.get(name)?.snapshot;
      this.#rollout.touch(name, before?.listeners ?? []);
      if (before !== undefined) this.#traces.replaced(before);
    }
    for (const name of removed) this.#apps.delete(name);
    for (const snapshot of changed) {
      const app = this.#newApp(snapshot);
      this.#apps.set(snapshot.name, app);
      if (!this.#carries(app)) continue;
      this.#rollout.claim(snapshot.listeners);
      if (!this.#leaving) this.#claimListeners(app, sockets);
    }
    if (isPart !== true) this.#finishRollout(revision, isRollout === true);
  }

  #answerWhy(query: WhyQuery): void {
    const sources = { traces: this.#traces, sessions: this.#acceptor.sessions };
    const surroundings = { idPrefix: this.#idPrefix, wallTimes: this.#wallTimes };
    this.options.report(answerWhy(query, sources, surroundings));
  }

  /** Only now it is known which listeners nobody has any more: one may have gone from an app to another. */
  #finishRollout(revision: number, isRollout: boolean): void {
    const { touched, gone } = this.#rollout;
    this.#rollout = new RolloutParts();
    for (const key of gone) {
      this.#unbound.delete(key);
      this.#closeListener(key);
    }
    const effects = this.#settleSessions(touched, isRollout ? revision : NO_REVISION);
    this.#retainPools();
    this.#revision = revision;
    this.#reportApplied(isRollout ? { effects } : {});
  }

  #reportApplied(found: { readonly effects?: EffectCounts } = {}): void {
    const failures = [...this.#unbound.values()];
    this.options.report({ type: "applied", revision: this.#revision, failures, ...found });
  }

  /** As the board says at the start: it never changes in a process. */
  #newTracer(counters: Counters): Tracer | null {
    const { board: { words }, engine, random, report } = this.options;
    const sampling = readTraceSampling(words);
    if (sampling === null) return null;
    const kind = { type: "traces", credit: new TraceCredit(words), sentBytes: Counter.traceBytes } as const;
    return new Tracer(sampling, random, new RecordBuffer(kind, counters, engine, report));
  }

  #newApp(snapshot: AppSnapshot): App {
    const { engine } = this.options;
    this.#longestDrainMs = Math.max(this.#longestDrainMs, snapshot.policy.drainTimeoutMs);
    const before = this.#apps.get(snapshot.name)?.http ?? null;
    const { http } = snapshot;
    return new App(
      { ...snapshot, policy: this.#policies.of(snapshot.policy) },
      this.#appContext,
      http === null ? null : new HttpApp(snapshot, http, this.#http, before, engine.now()),
    );
  }

  /** Whether the app's clients come to this engine. */
  #carries(app: App): boolean {
    return app.snapshot.engine === this.options.engine.name;
  }

  /** Connections to endpoints that no app has any more are closed. */
  #retainPools(): void {
    const endpoints = [...this.#apps.values()].flatMap((app) => app.http?.endpoints ?? []);
    this.#http.pools.retain(new Set(endpoints.map(({ pool }) => pool)));
  }

  /** Takes over the app's listen addresses: one that is bound already only changes its owner. */
  #claimListeners(app: App, sockets: ApplyCommand["sockets"]): void {
    for (const snapshot of app.snapshot.listeners) {
      const descriptors = sockets === undefined ? undefined : sockets[snapshot.key] ?? [];
      this.#bind(app, snapshot.key, () => this.#acceptor.claim(snapshot, app, descriptors));
    }
  }

  /** Serves other sockets of the addresses that it has: those of a thread that is missing, or no longer those. */
  #serve(sockets: Readonly<Record<string, readonly number[]>>): void {
    if (this.#leaving) return;
    for (const [key, { app }] of [...this.#acceptor.listeners]) {
      this.#bind(app, key, () => this.#acceptor.serve(key, sockets[key] ?? []));
    }
    this.#reportApplied();
  }

  #bind({ snapshot: { name } }: App, key: string, bind: () => void): void {
    this.#unbound.delete(key);
    try {
      bind();
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      const { code, message } = error;
      this.#unbound.set(key, { app: name, listener: key, code, message });
    }
  }

  /** After a rollout of those apps. @returns what became of the sessions that did not drain before. */
  #settleSessions(touched: ReadonlySet<string>, revision: number): EffectCounts {
    const effects = noEffects();
    this.#acceptor.sessions.forEach((session) => {
      if (this.#departing.has(session)) return;
      effects[touched.has(session.app.snapshot.name) ? this.#settle(session, revision) : "kept"]++;
    });
    return effects;
  }

  /** Drains a session whose app, listener or target is gone from the config, and hands off what another engine has. */
  #settle(session: ClientSession, revision: number): SessionEffect {
    const { name, slot } = session.app.snapshot;
    const app = this.#apps.get(name);
    // An app that was removed and came back has another slot, and is another app.
    const effect = effectOn(session, app?.snapshot.slot === slot ? app : undefined);
    if (this.#draining) session.drain();
    else if (effect !== "kept") {
      this.#departing.add(session, revision);
      session.drain();
    } else if (app !== undefined && !this.#carries(app)) session.handOff();
    return effect;
  }

  #leave(): void {
    this.#leaving = true;
    for (const key of [...this.#acceptor.listeners.keys()]) this.#closeListener(key);
    if (this.#draining) this.#acceptor.sessions.forEach((session) => session.drain());
    this.#maybeStopped();
  }

  #closeListener(key: string): void {
    this.#closing++;
    this.#acceptor.close(key, () => {
      this.#closing--;
      if (this.#leaving) this.#maybeStopped();
    });
  }

  #maybeStopped(): void {
    if (this.#closing === 0 && this.#acceptor.sessions.size === 0) this.#lastBytes.await();
  }

  #stopped(cut: number): void {
    this.#access.flush();
    this.#tracer?.records.flush();
    if (cut > 0) {
      this.options.report({ type: "log", level: "warn", event: "drain_cut", fields: { connections: cut } });
    }
    this.options.report({ type: "stopped" });
  }
}
