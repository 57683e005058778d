import { RESERVED_DESCRIPTORS, THREAD_DESCRIPTORS } from "../../../base/limits.ts";

/** What the sessions of one app may take at their most. */
export interface SessionCost {
  /** Descriptors of one session, the client's included; pipes aside. */
  readonly descriptors: number;
  /** Most sessions at once, `Infinity` for any number. */
  readonly sessions: number;
}

/** What the descriptors of the process go to. */
export interface DescriptorNeeds {
  /** Data threads of all engines. */
  readonly threads: number;
  /** Listening sockets over all threads, each as often as it is held. */
  readonly sockets: number;
  /** Connections to endpoints that are kept while they are idle. */
  readonly idle: number;
  /** Probes that may be under way at once. */
  readonly probes: number;
  /** Most descriptors of pipes over all threads, and of one session. */
  readonly pipes: { readonly total: number; readonly each: number };
  readonly apps: readonly SessionCost[];
}

/** Sessions of apps that are leaving, and clients that are turned away, take this many at most. */
const OTHER_SESSION_DESCRIPTORS = 2;

/**
 * The most client connections that fit under the process's descriptor limit, so that this cap is met before descriptors
 * run out: also when all clients come to the apps whose sessions take most.
 * @param limit soft `RLIMIT_NOFILE`, see `descriptorLimit`.
 * @returns at least 1.
 */
export function connectionCap(limit: number, needs: DescriptorNeeds): number {
  const { threads, sockets, idle, probes } = needs;
  const left = limit - RESERVED_DESCRIPTORS - threads * THREAD_DESCRIPTORS - sockets - idle - probes;
  const dearestFirst = needs.apps.toSorted((a, b) => b.descriptors - a.descriptors);
  let fitting = 0;
  for (let step = 2 ** Math.floor(Math.log2(Math.max(1, left))); step >= 1; step /= 2) {
    if (mostDescriptors(fitting + step, dearestFirst, needs.pipes) <= left) fitting += step;
  }
  // Each thread may take in one client more before it notices.
  return Math.max(1, fitting - threads);
}

/** What so many sessions take at their most. */
function mostDescriptors(
  sessions: number,
  dearestFirst: readonly SessionCost[],
  pipes: DescriptorNeeds["pipes"],
): number {
  let left = sessions;
  let descriptors = Math.min(pipes.total, pipes.each * sessions);
  for (const app of dearestFirst) {
    const count = Math.min(app.sessions, left);
    descriptors += count * app.descriptors;
    left -= count;
  }
  return descriptors + left * OTHER_SESSION_DESCRIPTORS;
}
