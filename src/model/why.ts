import type { CloseReason } from "./close_reason.ts";

/**
 * Why a session was not given a target: health checks found it down; it was ejected; the operator has it in `drain` or
 * `maint`; it had all the connections it may have; its name has no address; its weight is 0; other targets were there, and
 * it is a backup; the session had tried it; the rule that held is not for it, or turns sessions away.
 */
export const PASSED_OVER = [
  "down",
  "ejected",
  "drain",
  "maint",
  "full",
  "no_address",
  "zero_weight",
  "backup_not_needed",
  "already_tried",
  "other_rule",
  "denied",
] as const;

/** One of {@link PASSED_OVER}. */
export type PassedOverWord = typeof PASSED_OVER[number];

/** What became of an attempt to connect: given up because it was no longer needed (`abandoned`), or not yet over. */
export const ATTEMPT_RESULTS = ["connected", "failed", "abandoned", "under_way"] as const;

/** One of {@link ATTEMPT_RESULTS}. */
export type AttemptResult = typeof ATTEMPT_RESULTS[number];

/**
 * What became of a request at an endpoint: the client got its answer; the answer is not among the terminal ones; none came, or
 * none that could be read; its time was over; another answer was taken first; the request ended before; not yet known.
 */
export const CALL_ANSWERS = [
  "taken",
  "not_terminal",
  "broken",
  "timed_out",
  "not_needed",
  "cut",
  "awaited",
] as const;

/** One of {@link CALL_ANSWERS}. */
export type CallAnswer = typeof CALL_ANSWERS[number];

/** A target of the app when the choice was made. */
export interface WhyCandidate {
  /** Its key. */
  readonly target: string;
  /** It took the session. */
  readonly isTaken: boolean;
  /** Null where it could have been given the session. */
  readonly passedOver: PassedOverWord | null;
}

/** An attempt to connect to one address of a target, or in mode `http` a request on a connection that was open already. */
export interface WhyAttempt {
  /** Key of the target. */
  readonly target: string;
  /** `ip:port`. */
  readonly address: string;
  /** Since the start of the session, milliseconds. */
  readonly atMs: number;
  /** How long it took to connect, or to fail; 0 for an open connection. */
  readonly ms: number;
  readonly result: AttemptResult;
  /** Where it failed: the system's name, or where the failure is our own a word of `NetErrorCode`. */
  readonly error: string | null;
  /** In mode `http`, of an attempt that connected. */
  readonly call: WhyCall | null;
}

/** A request at one endpoint. */
export interface WhyCall {
  /** It was sent because those before were slow. */
  readonly isHedge: boolean;
  /** The connection was open already. */
  readonly isReused: boolean;
  readonly answer: CallAnswer;
  /** Of its answer, 0 where no final one came. */
  readonly status: number;
  /** Of its answer, since the start of the session; null where none came. */
  readonly firstByteMs: number | null;
}

/** What became of one session, or in mode `http` of one request, and why. Plain data. */
export interface WhyTrace {
  /** As in its access record. */
  readonly id: string;
  readonly app: string;
  /** `ip:port`. */
  readonly client: string;
  /** Key of the listener. */
  readonly listener: string;
  /** Revision of the app that it ran under. */
  readonly revision: number;
  /** Of the accept, or in mode `http` of the whole head: milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** It has not ended: what follows is as of now. */
  readonly isOpen: boolean;
  /** Name of the strategy that chose. */
  readonly pickedBy: string;
  /** The rule that held, for the strategy `rules`; null where none did. */
  readonly rule: string | null;
  /** As at the last choice; empty where it did not come to one. Of many, those first of which there is something to say. */
  readonly candidates: readonly WhyCandidate[];
  /** Targets that are not among {@link candidates}. */
  readonly candidatesLeftOut: number;
  /** In the order of their starts. */
  readonly attempts: readonly WhyAttempt[];
  /** It is a request, in mode `http`. */
  readonly isRequest: boolean;
  /** Null in mode `tcp`, and where no head was read. */
  readonly request: { readonly method: string; readonly path: string } | null;
  /** Of the answer that the client got, null where it got none and in mode `tcp`. */
  readonly status: number | null;
  /** Of the target, since the start; null where none came. */
  readonly firstByteMs: number | null;
  /** So far, where it is open. */
  readonly durationMs: number;
  /** From the client. */
  readonly bytesIn: number;
  /** To the client. */
  readonly bytesOut: number;
  /** Whose FIN or failure came first, null where none came. */
  readonly firstEnded: "client" | "target" | null;
  /** Who ended it; null where it is open, and where the connection of a request goes on. */
  readonly closedBy: "client" | "target" | "proxy" | null;
  /** Null while it is open. */
  readonly closeReason: CloseReason | null;
}

/** Which sessions are meant. What is null does not matter. */
export interface WhyFilter {
  readonly app: string | null;
  /** Key of a target that took it, or was tried. */
  readonly target: string | null;
  /** Beginning of the client's `ip:port`. */
  readonly client: string | null;
  readonly reason: CloseReason | null;
}

/** What a data thread is asked. */
export type WhyQuestion =
  /** One session, open or ended; of the id of a connection in mode `http` its last request. */
  | { readonly id: string }
  /** Those that ended last, newest first. */
  | { readonly filter: WhyFilter; readonly limit: number };

/** A {@link WhyQuestion} on its way. */
export interface WhyQuery {
  /** Tells answers apart. */
  readonly number: number;
  readonly question: WhyQuestion;
}

/** Its answer. */
export interface WhyAnswer {
  readonly type: "why";
  /** That of the query. */
  readonly number: number;
  /** Newest first. */
  readonly traces: readonly WhyTrace[];
  /** Ended sessions that the thread keeps at most, 0 where it keeps none. */
  readonly kept: number;
}
