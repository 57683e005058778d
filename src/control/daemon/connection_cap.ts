import { RESERVED_DESCRIPTORS } from "../../base/limits.ts";

/** Descriptors that one session takes: the client's and the target's. */
const DESCRIPTORS_A_SESSION = 2;

/**
 * The most client connections that fit under the process's descriptor limit, so that this cap is met before
 * descriptors run out.
 * @param limit soft `RLIMIT_NOFILE`, see `descriptorLimit`.
 * @param sockets listening sockets over all threads; each may hold one more client than the cap for a moment.
 * @returns at least 1.
 */
export function connectionCap(limit: number, sockets: number): number {
  const left = limit - RESERVED_DESCRIPTORS - sockets * 2;
  return Math.max(1, Math.floor(left / DESCRIPTORS_A_SESSION));
}
