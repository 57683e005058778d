import type { BagMember } from "../base/bag.ts";
import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { Engine } from "../engine/engine.ts";
import type { CloseReason } from "../model/close_reason.ts";
import type { LiveSession } from "../model/live_session.ts";
import type { AppParts } from "../model/session_effect.ts";
import type { ListenerSnapshot } from "../model/snapshot.ts";
import type { AccessBuffer } from "./access_buffer.ts";
import type { App } from "./app.ts";
import type { Counters } from "./counters.ts";
import type { HttpShared } from "./http/http_shared.ts";
import type { Picker } from "./picker.ts";
import type { TlsFailures } from "./tls_failures.ts";
import type { Tracer } from "./tracing/tracer.ts";
import type { Trace } from "./why/trace.ts";
import type { TraceRing } from "./why/trace_ring.ts";

/** What every session of a data thread uses. */
export interface SessionContext {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly random: Random;
  readonly picker: Picker;
  readonly counters: Counters;
  /** Where access records go. */
  readonly access: AccessBuffer;
  /** Null where nothing is traced. */
  readonly tracer: Tracer | null;
  readonly tlsFailures: TlsFailures;
  /** What sessions in HTTP mode have in common. */
  readonly http: HttpShared;
  /** What is kept of sessions that have ended. */
  readonly traces: TraceRing;
  /** Prefix of session ids, this thread's alone. */
  readonly idPrefix: string;
  /** The session ended and was accounted for. */
  onEnded(session: ClientSession): void;
}

/** One client's connection, as the data thread sees it: whatever the app's mode makes of it. */
export interface ClientSession extends BagMember {
  /** App that it counts for. */
  readonly app: App;
  /** Of the client in this thread: it grows with each. */
  readonly number: number;
  /** Where it came in. */
  readonly listener: ListenerSnapshot;
  /** Whether the app, as it is or would be configured, still has all that the session uses. */
  fits(app: AppParts): boolean;
  /** Admits the client and serves it; an app that has all the clients it may have turns it away. Once. */
  start(): void;
  /**
   * Another engine takes the app's new clients from now on: the session goes on here until it ends by itself, and a client
   * that asks again and again is led to a new connection.
   */
  handOff(): void;
  /** These targets, given by their slots, went down: a session whose bytes go to one of them ends. */
  targetsDown(slots: readonly number[]): void;
  /** The session as it is now. */
  describe(): LiveSession;
  /** What is known so far of why it goes as it does; null while there is no request, in HTTP mode. */
  trace(): Trace | null;
  /** Ends the session at once. */
  cut(reason: CloseReason): void;
  /** Ends the session soon, within the app's drain time-out at the latest. Only the first call counts. */
  drain(): void;
}

/** A listen address, and the app that owns it now: a rollout may give it to another. */
export interface ListenerOwner {
  readonly app: App;
  readonly snapshot: ListenerSnapshot;
}
