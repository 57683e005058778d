import { RACING_ADDRESSES } from "../../../base/limits.ts";
import type { AppSnapshot, TargetSnapshot } from "../../../model/snapshot.ts";
import type { SessionCost } from "./connection_cap.ts";

/** Descriptors of pipes that a session on the `epoll` engine takes while it relays bulk data: two ends, both ways. */
export const SESSION_PIPE_DESCRIPTORS = 4;
/** Those of a connection that was upgraded, its two sockets included. */
const TUNNEL_DESCRIPTORS = 2 + SESSION_PIPE_DESCRIPTORS;

/** What the sessions of an app may take at their most; of apps in TCP mode without pipes, which are counted apart. */
export function sessionCost(app: AppSnapshot): SessionCost {
  const { engine, http, policy: { maxConnections }, targets } = app;
  const attempts = targets.map(attemptsAtOnce).toSorted((a, b) => b - a).slice(0, targetsAtOnce(app));
  const sockets = 1 + attempts.reduce((sum, count) => sum + count, 0);
  return {
    descriptors: http !== null && engine === "epoll" ? Math.max(sockets, TUNNEL_DESCRIPTORS) : sockets,
    sessions: maxConnections === 0 ? Infinity : maxConnections,
  };
}

/** Targets that a session is connected, or connects, to at the same time. */
function targetsAtOnce({ http, targets }: AppSnapshot): number {
  if (http === null) return 1;
  // In sequence an answer that was of no use may still come to its end while the next endpoint is asked.
  return http.dispatch === "sequential" ? 2 : targets.length;
}

/** While a connection opens, several of a target's addresses are tried at once. */
function attemptsAtOnce({ addresses }: TargetSnapshot): number {
  return Math.min(RACING_ADDRESSES, Math.max(1, addresses.length));
}
