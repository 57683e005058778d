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

/** Why an address is not listened on: what the system says, or that its name has no address, or that another app has it. */
export type ListenErrorCode = NetErrorCode | "unresolved" | "claimed";

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
  constructor(
    override readonly code: NetErrorCode,
    message: string,
    side: ErrorSide,
    cause?: unknown,
    /** The system's own name for it, such as `ECONNREFUSED` (man 3 errno); empty where it gave none. */
    readonly errno = "",
  ) {
    super(code, message, side, RETRYABLE.has(code), cause);
  }

  /** The most exact name that there is. */
  get reason(): string {
    return this.errno === "" ? this.code : this.errno;
  }
}

/** An address that is not listened on, for now: it is tried again. */
export class ListenError extends FproxyError {
  override name = "ListenError";
  constructor(override readonly code: ListenErrorCode, message: string, cause?: unknown) {
    super(code, message, "internal", true, cause);
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
const LISTEN_HINTS: Partial<Record<ListenErrorCode, string>> = {
  in_use: "another program listens there; find it with `ss -ltnp` or choose another port",
  denied: "ports below 1024 need root or CAP_NET_BIND_SERVICE",
  unavailable_address: "no interface of this machine has that address; check it with `ip addr`",
  exhausted: "the process is out of descriptors; raise `ulimit -n`",
  tls: "the certificate cannot be used; `fproxy check` tells why",
  unresolved: "see what the system makes of the name with `getent ahosts NAME`",
  claimed: "give one of the two another port or address",
};

/** The likely cause and the remedy of a listen failure, or an empty string where nothing useful is known. */
export function listenHint(code: ListenErrorCode): string {
  return LISTEN_HINTS[code] ?? "";
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
