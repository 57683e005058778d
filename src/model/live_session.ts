import type { CloseReason } from "./close_reason.ts";

/** A session that is open now, as a data thread describes it. Plain data. */
export interface LiveSession {
  /** As in its access record; in mode `http` what the ids of the connection's requests begin with. */
  readonly id: string;
  /** Number of the client in its thread: the order in which they came. */
  readonly number: number;
  readonly app: string;
  readonly listener: string;
  /** `ip:port`. */
  readonly client: string;
  /** Key of the target that is connected or tried; of several at once the first. Null while there is none. */
  readonly target: string | null;
  /** Revision of the app that it is served by. */
  readonly revision: number;
  /** Since it was accepted, milliseconds. */
  readonly ageMs: number;
  /** Received from the client so far; in mode `http` of the request under way alone. */
  readonly bytesIn: number;
  /** Received from the target so far, or in mode `http` sent to the client of the answer under way. */
  readonly bytesOut: number;
  /** Requests of the connection that have ended; null in mode `tcp`. */
  readonly requests: number | null;
}

/** Which sessions are meant. What is null does not matter. */
export interface SessionFilter {
  readonly app: string | null;
  /** Key of a target. */
  readonly target: string | null;
  /** Beginning of the client's `ip:port`. */
  readonly client: string | null;
  readonly id: string | null;
}

/** What a data thread is asked of its sessions. */
export interface SessionQuery {
  /** Tells answers apart. */
  readonly number: number;
  readonly filter: SessionFilter;
  /** Sessions of clients that came after this one, by their number in the thread; -1 for all. */
  readonly after: number;
  /** Most that are described; the others are only counted. */
  readonly limit: number;
  /** Ends those that are meant, all of them, for this reason. */
  readonly cut: CloseReason | null;
}

/** Its answer. */
export interface SessionAnswer {
  readonly type: "sessions";
  /** That of the query. */
  readonly number: number;
  /** In the order in which the clients came. */
  readonly sessions: readonly LiveSession[];
  /** How many are meant. */
  readonly count: number;
}
