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

let secondOfPrefix = -1;
let isoPrefix = "";

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
}

/** Longest path in a record, characters. */
const MAX_PATH_CHARS = 1024;
const NEEDS_ESCAPE = /["\\]/;

/**
 * One line of the access log: a JSON object with the keys of the design in fixed order, and a newline. Written by hand
 * since it is on every connection's way: a third of `JSON.stringify`'s time.
 */
export function formatAccessRecord(facts: SessionFacts): string {
  return `${accessFields(facts)}}\n`;
}

/** As {@link formatAccessRecord}, with the keys of a request behind the others. */
export function formatRequestRecord(facts: SessionFacts, request: RequestFacts): string {
  const { method, path, status, endpoint, dispatch, replay, tls } = request;
  const shown = path.length > MAX_PATH_CHARS ? path.slice(0, MAX_PATH_CHARS) : path;
  return `${accessFields(facts)},"method":"${method}","path":${
    NEEDS_ESCAPE.test(shown) ? JSON.stringify(shown) : `"${shown}"`
  },"status":${status},"endpoint":${endpoint},"dispatch":"${dispatch}","replay":"${replay}","tls":${tls}}\n`;
}

function accessFields(facts: SessionFacts): string {
  const tried = facts.tried.length === 0 ? "[]" : JSON.stringify(facts.tried);
  return `{"ts":"${isoTime(facts.ts)}","id":"${facts.id}","app":${JSON.stringify(facts.app)},"listener":${
    JSON.stringify(facts.listener)
  }` +
    `,"client_addr":"${facts.clientAddr}","target":${facts.target === null ? "null" : `"${facts.target}"`}` +
    `,"attempts":${facts.attempts},"tried":${tried}` +
    `,"connect_ms":${milliseconds(facts.connectMs)},"first_byte_ms":${milliseconds(facts.firstByteMs)}` +
    `,"duration_ms":${
      milliseconds(facts.durationMs)
    },"bytes_in":${facts.bytesIn},"bytes_out":${facts.bytesOut}` +
    `,"revision":${facts.revision},"picked_by":"${facts.pickedBy}","close_reason":"${facts.closeReason}"`;
}

/** Three decimals, without the float's tail. */
function milliseconds(value: number | null): string {
  return value === null ? "null" : String(Math.round(value * 1000) / 1000);
}

/** As `Date.toISOString`; the part up to the second is kept from call to call. */
function isoTime(ts: number): string {
  const second = Math.floor(ts / 1000);
  if (second !== secondOfPrefix) {
    secondOfPrefix = second;
    isoPrefix = new Date(second * 1000).toISOString().slice(0, 20);
  }
  return `${isoPrefix}${String(Math.floor(ts - second * 1000)).padStart(3, "0")}Z`;
}
