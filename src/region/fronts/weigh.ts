import type { ReadyReplica } from "../node/ready_replicas.ts";
import { type FrontReplica, MOST_WEIGHT, type WEIGHTS } from "./driver.ts";

/**
 * Gives replicas of an app their weights: all the same, or by the connections that their nodes take, where the largest has
 * {@link MOST_WEIGHT}.
 * @param connectionsOf what a node takes; 0 where that is not known.
 */
export function weigh(
  replicas: readonly ReadyReplica[],
  weight: typeof WEIGHTS[number],
  connectionsOf: (node: string) => number,
): FrontReplica[] {
  if (weight === "equal") return replicas.map((replica) => ({ ...replica, weight: 1 }));
  const most = Math.max(1, ...replicas.map(({ node }) => connectionsOf(node)));
  return replicas.map((replica) => ({
    ...replica,
    weight: Math.max(1, Math.round(connectionsOf(replica.node) / most * MOST_WEIGHT)),
  }));
}
