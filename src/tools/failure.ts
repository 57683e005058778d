import type { NetErrorCode } from "../base/errors.ts";

/** The ways in which one request can fail, as reports and `--json` name them, with the words for people. */
export const FAILURES = {
  not_found: "name has no address",
  refused: "connection refused",
  unreachable: "host or network unreachable",
  dial_timeout: "no connection in time",
  reply_timeout: "no complete reply in time",
  reset: "connection reset by the target",
  no_reply: "closed by the target without a reply",
  short_reply: "closed by the target before the reply was complete",
  wrong_reply: "reply other than expected",
  no_local_port: "no free local port or address (see ip_local_port_range in ip(7))",
  exhausted: "out of file descriptors or memory (see ulimit -n)",
  not_sent: "all connections were busy until its time was up (see --concurrency)",
  interrupted: "stopped before the reply was complete",
  other: "other failure",
} as const;

/** One of {@link FAILURES}. */
export type FailureKind = keyof typeof FAILURES;

/** Why one request failed. */
export interface Failure {
  readonly kind: FailureKind;
  /** What is known beyond the kind, for people; empty where nothing is. */
  readonly detail: string;
}

/** `kind` in words, with the detail in brackets where there is one. */
export function describeFailure({ kind, detail }: Failure): string {
  return detail === "" ? FAILURES[kind] : `${FAILURES[kind]} (${detail})`;
}

const KIND_OF_CODE: Partial<Record<NetErrorCode, FailureKind>> = {
  refused: "refused",
  unreachable: "unreachable",
  timed_out: "dial_timeout",
  reset: "reset",
  aborted: "reset",
  exhausted: "exhausted",
  unavailable_address: "no_local_port",
};

/** The kind of an engine's error. */
export function failureOfCode(code: NetErrorCode): FailureKind {
  return KIND_OF_CODE[code] ?? "other";
}

/** What Deno throws from `connect`, `read` and `write`, by the name that it keeps over versions. */
const KIND_OF_NAME: Record<string, FailureKind> = {
  ConnectionRefused: "refused",
  ConnectionReset: "reset",
  ConnectionAborted: "reset",
  BrokenPipe: "reset",
  NotConnected: "reset",
  NetworkUnreachable: "unreachable",
  HostUnreachable: "unreachable",
  TimedOut: "dial_timeout",
  AddrNotAvailable: "no_local_port",
};

/** The failure behind something that a socket of Deno threw. */
export function failureOfError(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: "other", detail: String(error) };
  const kind = KIND_OF_NAME[error.name];
  if (kind !== undefined) return { kind, detail: "" };
  // getaddrinfo's failures and EMFILE have no class of their own.
  if (error.message.startsWith("failed to lookup address")) return { kind: "not_found", detail: "" };
  if (/\(os error (?:23|24|12|105)\)/.test(error.message)) return { kind: "exhausted", detail: "" };
  if (/\(os error 113\)/.test(error.message)) return { kind: "unreachable", detail: "" };
  return { kind: "other", detail: error.message };
}
