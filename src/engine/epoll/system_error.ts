import { type ErrorSide, NetError, type NetErrorCode } from "../../base/errors.ts";
import { Errno } from "./constants.ts";

const CODES: ReadonlyMap<number, NetErrorCode> = new Map([
  [Errno.ECONNREFUSED, "refused"],
  [Errno.ENETUNREACH, "unreachable"],
  [Errno.ENETDOWN, "unreachable"],
  [Errno.EHOSTUNREACH, "unreachable"],
  [Errno.EHOSTDOWN, "unreachable"],
  [Errno.ENONET, "unreachable"],
  [Errno.ETIMEDOUT, "timed_out"],
  [Errno.ECONNRESET, "reset"],
  [Errno.EPIPE, "reset"],
  [Errno.ECONNABORTED, "aborted"],
  [Errno.EACCES, "denied"],
  [Errno.EPERM, "denied"],
  [Errno.EMFILE, "exhausted"],
  [Errno.ENFILE, "exhausted"],
  [Errno.ENOBUFS, "exhausted"],
  [Errno.ENOMEM, "exhausted"],
  [Errno.ENOSPC, "exhausted"],
  [Errno.EADDRINUSE, "in_use"],
  [Errno.EADDRNOTAVAIL, "unavailable_address"],
  [Errno.EAFNOSUPPORT, "unavailable_address"],
]);

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(Errno).map(([name, value]) => [value, name]),
);

/** The code of an error number (man 3 errno); `other` for one that no rule speaks of. */
export function netErrorCode(errno: number): NetErrorCode {
  return CODES.get(errno) ?? "other";
}

/**
 * A failed system call as the error that the rest of fproxy reads.
 * @param action What was tried, as the message begins: "connect to 10.0.0.7:80".
 */
export function systemError(action: string, errno: number, side: ErrorSide): NetError {
  const code = netErrorCode(errno);
  const name = NAMES.get(errno);
  const shown = name ?? `errno ${errno}`;
  return new NetError(code, `Cannot ${action}: ${code} (${shown})`, side, undefined, name);
}
