import type { ByteSink } from "../../byte_sink.ts";
import { type Fields, writeResponseHead } from "../codec/head_writer.ts";
import { latin1Bytes } from "../codec/latin1.ts";
import { prefersJson } from "./accept.ts";

/** What the client is told when no endpoint answers for us. */
export interface LocalAnswer {
  /** 4xx or 5xx. */
  readonly status: number;
  /** Stable word. */
  readonly code: string;
  /** One plain sentence. */
  readonly message: string;
  /** Seconds after which it is worth to ask again (RFC 9110 section 10.2.3); left out where that is not known. */
  readonly retryAfterS?: number;
}

/** What an answer depends on in its request. Where no head could be read: `UNREAD_REQUEST`. */
export interface AnswerTraits {
  /** Value of Accept, or null. */
  readonly accept: string | null;
  /** The request was a HEAD: the fields are those of a GET, the body is left out. */
  readonly toHead: boolean;
  /** 0 for HTTP/1.0. */
  readonly minorVersion: number;
  /** Whether the connection goes on after the answer. */
  readonly persistent: boolean;
}

/** For a request whose head was refused or never came. */
export const UNREAD_REQUEST: AnswerTraits = {
  accept: null,
  toHead: false,
  minorVersion: 1,
  persistent: false,
};

/** Interim answer to `Expect: 100-continue`, whole. */
export const CONTINUE: Uint8Array = latin1Bytes("HTTP/1.1 100 Continue\r\n\r\n");

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  400: "Bad Request",
  403: "Forbidden",
  408: "Request Timeout",
  413: "Content Too Large",
  414: "URI Too Long",
  417: "Expectation Failed",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  508: "Loop Detected",
};

/**
 * Appends a whole error response: `{"status":502,"code":"…","message":"…"}` or one line of text, by the client's Accept.
 * It is not to be stored by caches, since some of these statuses may be without asking (RFC 9111 section 4.2.2).
 * @param wallTimeMs for Date, milliseconds since the Unix epoch.
 */
export function writeLocalAnswer(
  out: ByteSink,
  answer: LocalAnswer,
  traits: AnswerTraits,
  wallTimeMs: number,
): void {
  const { status, code, message, retryAfterS } = answer;
  const json = prefersJson(traits.accept);
  const body = new TextEncoder().encode(
    json ? `${JSON.stringify({ status, code, message })}\n` : `${status} ${reasonOf(status)}: ${message}\n`,
  );
  const type = json ? "application/json" : "text/plain; charset=utf-8";
  const fields: Fields = [["Content-Type", type], ["Cache-Control", "no-store"]];
  writeWholeAnswer(
    out,
    status,
    retryAfterS === undefined ? fields : [...fields, ["Retry-After", `${retryAfterS}`]],
    body,
    traits,
    wallTimeMs,
  );
}

/**
 * Appends a whole response with the fields given, Date, Content-Length and what Connection has to say.
 * @param body left out for a HEAD, together with its length for a 204.
 */
export function writeWholeAnswer(
  out: ByteSink,
  status: number,
  fields: Fields,
  body: Uint8Array,
  traits: AnswerTraits,
  wallTimeMs: number,
): void {
  const all: [string, string][] = [["Date", new Date(wallTimeMs).toUTCString()]];
  for (const [name, value] of fields) all.push([name, value]);
  if (status !== 204) all.push(["Content-Length", `${body.length}`]);
  if (!traits.persistent) all.push(["Connection", "close"]);
  else if (traits.minorVersion === 0) all.push(["Connection", "keep-alive"]);
  writeResponseHead(out, status, reasonOf(status), all);
  if (!traits.toHead && status !== 204) out.append(body);
}

function reasonOf(status: number): string {
  return REASONS[status] ?? "";
}
