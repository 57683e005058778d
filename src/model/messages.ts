import type { LogEvent } from "../base/log_events.ts";
import type { SessionAnswer, SessionQuery } from "./live_session.ts";
import type { EffectCounts, RehearseAnswer, RehearseQuery } from "./session_effect.ts";
import type { AppSnapshot } from "./snapshot.ts";
import type { WhyAnswer, WhyQuery } from "./why.ts";
import type { ListenErrorCode } from "../base/errors.ts";

/** What control tells a data thread. Plain data. */
export type Command =
  /**
   * Takes over apps; every app not named stays as it is. Answered by {@link Applied}. Of a large rollout this is a part:
   * the others have `isPart` set and come before it, and only after the last one listeners are closed and sessions drained.
   */
  | {
    readonly type: "apply";
    readonly revision: number;
    /** Added and changed apps, whole; of those that another engine carries, only open sessions are kept here. */
    readonly apps: readonly AppSnapshot[];
    /** Names of removed apps. */
    readonly removed: readonly string[];
    /**
     * For engines that adopt listening sockets: the descriptors that this thread serves, by listener key. Absent where
     * the thread binds by itself.
     */
    readonly sockets?: Readonly<Record<string, readonly number[]>>;
    /** More of the same rollout follows: no answer yet. */
    readonly isPart?: true;
    /** It is another config, so that the answer says what became of open sessions. */
    readonly isRollout?: true;
  }
  /**
   * The sockets that this thread serves from now on, by listener key, of all listeners that it has: another thread is
   * missing, or is back. Answered by {@link Applied}.
   */
  | { readonly type: "serve"; readonly sockets: Readonly<Record<string, readonly number[]>> }
  /** Is answered by `pong`: the thread still hears. */
  | { readonly type: "ping" }
  /** Ends the sessions that are relayed to these targets, given by their slots: they went down. */
  | { readonly type: "target_down"; readonly slots: readonly number[] }
  /** Asks for sessions that are open now. Answered by {@link SessionAnswer}. */
  | { readonly type: "sessions"; readonly query: SessionQuery }
  /** Asks why sessions went as they did. Answered by {@link WhyAnswer}. */
  | { readonly type: "why"; readonly query: WhyQuery }
  /** Asks what a change would do to open sessions, and does nothing. Answered by {@link RehearseAnswer}. */
  | { readonly type: "rehearse"; readonly query: RehearseQuery }
  /** Closes every listener (queues accepted empty first) and lets sessions run on; `stopped` when the last ended. */
  | { readonly type: "retire" }
  /** As `retire`, and every session ends within its app's drain time-out. */
  | { readonly type: "drain" }
  /** Closes everything at once, then `stopped`. */
  | { readonly type: "stop" }
  /** Throws in the thread: how tests and drills make one crash. */
  | { readonly type: "crash" }
  /** Never comes back: how tests and drills make a thread hang. */
  | { readonly type: "hang" };

/** The first message to a data thread: who it is and what it shares. */
export interface Init {
  readonly type: "init";
  readonly engine: "deno" | "epoll";
  readonly board: SharedArrayBuffer;
  /** Memory of tables that control makes. */
  readonly tables: SharedArrayBuffer;
  /** The thread's own counters. */
  readonly counters: SharedArrayBuffer;
  /** How a thread that blocks in the kernel is spoken to; the others get plain messages. */
  readonly mailbox?: { readonly memory: SharedArrayBuffer; readonly wakeDescriptor: number };
  /** What it does before it serves anybody, for so long: serves sessions of its own, in the ways of these apps. */
  readonly warmUp?: { readonly ms: number; readonly apps: readonly AppSnapshot[] };
  /** Where such a thread notes the descriptors it owns, so that they can be closed when it died. */
  readonly ledger?: SharedArrayBuffer;
}

/** What a data thread tells control. */
export type Report =
  | { readonly type: "ready" }
  | { readonly type: "pong" }
  | Applied
  | SessionAnswer
  | WhyAnswer
  | RehearseAnswer
  | RecordsReport<"access">
  | RecordsReport<"traces">
  | {
    readonly type: "log";
    readonly level: "debug" | "info" | "warn" | "error";
    readonly event: LogEvent;
    readonly fields: Record<string, unknown>;
  }
  /** The thread threw this, with the place where, and does nothing any more: it is to be ended. */
  | { readonly type: "crashed"; readonly error: string }
  | { readonly type: "stopped" };

/** What records are for: the access log, or spans. */
export type RecordType = "access" | "traces";

/** Whole lines of the access log, or records of traced sessions, which are JSON lines as well: UTF-8, and how many. */
export interface RecordsReport<Type extends RecordType = RecordType> {
  readonly type: Type;
  readonly lines: Uint8Array<ArrayBuffer>;
  readonly count: number;
}

/** An `apply` is in force in the thread; listeners named in `failures` are not bound there. */
export interface Applied {
  readonly type: "applied";
  readonly revision: number;
  readonly failures: readonly ListenFailure[];
  /** Of a rollout: what it did to the sessions that were open. */
  readonly effects?: EffectCounts;
}

/** A listener that a thread could not bind. */
export interface ListenFailure {
  readonly app: string;
  /** Key of the listener. */
  readonly listener: string;
  readonly code: ListenErrorCode;
  readonly message: string;
}
