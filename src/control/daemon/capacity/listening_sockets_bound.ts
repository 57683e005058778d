/** Descriptors that are left to everything but listening sockets: threads, files, and the first clients. */
const RESERVE = 1_024;
/** Each socket has a descriptor in the thread that serves it, too. */
const DESCRIPTORS = 2;

/**
 * Most listening sockets of the process.
 * @param limit of its descriptors, null where the system does not tell.
 */
export function listeningSocketsBound(limit: number | null): number {
  return limit === null
    ? Infinity
    : Math.floor(Math.max(0, limit - Math.min(RESERVE, limit / 2)) / DESCRIPTORS);
}
