import type { CloseReason } from "../model/close_reason.ts";

/** What is known of a session when it has ended. Times in milliseconds, null where it did not come so far. */
export interface SessionFacts {
  /** End of the session, since the Unix epoch. */
  readonly ts: number;
  /** Unique within the process. */
  readonly id: string;
  readonly app: string;
  /** Key of the listener; holds the app's name where the port is the system's choice. */
  readonly listener: string;
  /** `ip:port`. */
  readonly clientAddr: string;
  /** `ip:port` of the proxy between that told of the client; null, and not written, where the client came directly. */
  readonly proxyAddr: string | null;
  /** Key of the target that took the session, null where none did. */
  readonly target: string | null;
  /** Targets that were tried, the last included. */
  readonly attempts: number;
  /** Keys of the targets that failed. */
  readonly tried: readonly string[];
  /** From accept to the open connection. */
  readonly connectMs: number | null;
  /** From accept to the target's first byte. */
  readonly firstByteMs: number | null;
  readonly durationMs: number;
  /** From the client. */
  readonly bytesIn: number;
  /** To the client. */
  readonly bytesOut: number;
  /** Revision of the app that the session ran under. */
  readonly revision: number;
  /** Strategy that chose the target. */
  readonly pickedBy: string;
  readonly closeReason: CloseReason;
}

/** What is known besides of a request in HTTP mode. */
export interface RequestFacts {
  /** Empty where no request line was read. */
  readonly method: string;
  /** Path and query as they were sent; of a long one its beginning. */
  readonly path: string;
  /** Of the final answer; 0 where there was none. */
  readonly status: number;
  /** Place in the config of the endpoint that answered, from 1; null where none did. */
  readonly endpoint: number | null;
  /** How the endpoints were asked. */
  readonly dispatch: string;
  /** What became of the body: kept to be sent again, streamed to one endpoint, or there was none. */
  readonly replay: "kept" | "streamed" | "none";
  /** The client spoke TLS. */
  readonly tls: boolean;
  /** Why the last answer that was refused or broke off did; null, and not written, where none was. */
  readonly answerError: string | null;
}
