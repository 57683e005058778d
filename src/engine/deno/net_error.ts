import { errorMessage, type ErrorSide, NetError, type NetErrorCode } from "../../base/errors.ts";

/** System error names (errno(3)) and names of Deno's own error classes, for systems where no errno comes along. */
const CODES: Readonly<Record<string, NetErrorCode>> = {
  ECONNREFUSED: "refused",
  ConnectionRefused: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  ENONET: "unreachable",
  NetworkUnreachable: "unreachable",
  ETIMEDOUT: "timed_out",
  TimedOut: "timed_out",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ENOTCONN: "reset",
  ConnectionReset: "reset",
  BrokenPipe: "reset",
  NotConnected: "reset",
  ECONNABORTED: "aborted",
  ConnectionAborted: "aborted",
  EACCES: "denied",
  EPERM: "denied",
  PermissionDenied: "denied",
  // Deno's own permission, not the system's.
  NotCapable: "denied",
  EMFILE: "exhausted",
  ENFILE: "exhausted",
  ENOBUFS: "exhausted",
  ENOMEM: "exhausted",
  EADDRINUSE: "in_use",
  AddrInUse: "in_use",
  EADDRNOTAVAIL: "unavailable_address",
  AddrNotAvailable: "unavailable_address",
  // The end of TCP without the end of TLS before it.
  UnexpectedEof: "reset",
  // What Deno makes of all that is wrong with a handshake or a record.
  InvalidData: "tls",
  EPROTO: "tls",
};

/** Beginning of the names of TLS errors in `node:tls`. */
const TLS_ERROR = /^ERR_(?:SSL|TLS)_/;

/** Errors of one connection that Linux reports through accept instead of on the connection: accept(2), "Error handling". */
const ABORTED_BY_CLIENT: ReadonlySet<NetErrorCode> = new Set([
  "aborted",
  "reset",
  "unreachable",
  "timed_out",
]);

/** Names of errors that the system gave, and no other (man 3 errno). */
const ERRNO = /^E[A-Z0-9]+$/;

/** The `code` of what network calls of Deno and Node throw: a system error name, mostly; empty where there is none. */
function systemName(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/** The word for anything that network calls of Deno and Node throw. */
export function netErrorCode(error: unknown): NetErrorCode {
  if (!(error instanceof Error)) return "other";
  const code = systemName(error);
  return CODES[code] ?? (TLS_ERROR.test(code) ? "tls" : CODES[error.name] ?? "other");
}

/**
 * Wraps what a call threw.
 * @param action What was tried, as the message begins: "connect to 10.0.0.7:80".
 * @param otherwise The word for what has no word of its own.
 */
export function toNetError(
  error: unknown,
  action: string,
  side: ErrorSide,
  otherwise: NetErrorCode = "other",
): NetError {
  const known = netErrorCode(error);
  const code = known === "other" ? otherwise : known;
  const name = error instanceof Error ? systemName(error) : "";
  const errno = ERRNO.test(name) ? name : "";
  return new NetError(code, `Cannot ${action}: ${errorMessage(error)}`, side, error, errno);
}

/** As {@link toNetError}, for accept: what befell a single queued connection has code `aborted`. */
export function toAcceptError(error: unknown, action: string): NetError {
  const code = netErrorCode(error);
  const known = ABORTED_BY_CLIENT.has(code) ? "aborted" : code;
  return new NetError(
    known,
    `Cannot ${action}: ${errorMessage(error)}`,
    known === "aborted" ? "client" : "internal",
    error,
  );
}

/**
 * True when accept itself worked, and only asking the system for the addresses failed, since the client had reset the
 * connection while it was queued. Each of these takes one connection off the queue.
 */
export function isGoneClient(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOTCONN";
}
