/** Whose fault a failure is. */
export type ErrorSide = "client" | "target" | "internal";

/** What went wrong on a socket, the same words for both engines. */
export type NetErrorCode =
  | "refused"
  | "unreachable"
  | "timed_out"
  | "reset"
  | "aborted"
  | "denied"
  | "exhausted"
  | "in_use"
  | "unavailable_address"
  | "tls"
  | "other";

/** A failure that retry logic and metrics read by field, never by message. */
export class FproxyError extends Error {
  override name = "FproxyError";
  constructor(
    /** Stable word for logs, metrics and tests. */
    readonly code: string,
    message: string,
    /** Whose fault it is. */
    readonly side: ErrorSide = "internal",
    /** Whether the same work may succeed elsewhere or later. */
    readonly retryable = false,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** A failed socket operation. */
export class NetError extends FproxyError {
  override name = "NetError";
  constructor(override readonly code: NetErrorCode, message: string, side: ErrorSide, cause?: unknown) {
    super(code, message, side, RETRYABLE.has(code), cause);
  }
}

/** Another target may well accept after one of these; the rest are our own trouble. */
const RETRYABLE: ReadonlySet<NetErrorCode> = new Set([
  "refused",
  "unreachable",
  "timed_out",
  "reset",
  "unavailable_address",
  "tls",
]);

/** Likely cause and remedy of a failed bind, for people. */
const LISTEN_HINTS: Partial<Record<NetErrorCode, string>> = {
  in_use: "another program listens there; find it with `ss -ltnp` or choose another port",
  denied: "ports below 1024 need root or CAP_NET_BIND_SERVICE",
  unavailable_address: "no interface of this machine has that address; check it with `ip addr`",
  exhausted: "the process is out of descriptors; raise `ulimit -n`",
  tls: "the certificate cannot be used; `fproxy check` tells why",
};

/** The likely cause and the remedy of a listen failure, or an empty string where nothing useful is known. */
export function listenHint(code: NetErrorCode): string {
  return LISTEN_HINTS[code] ?? "";
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
