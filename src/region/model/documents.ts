import * as z from "zod";

/** What the store of a region holds besides apps. Documents of another format are left alone. */

const FORMAT = z.literal(1, { error: "was written by another version of fproxy" });
const port = z.int().min(1).max(65_535);

/** A node and what it offers; its lease. Written by the node, again and again: it is there as long as it lives. */
export const nodeDocument = z.strictObject({
  format: FORMAT,
  /** Another one after each start of its program. */
  run: z.string(),
  address: z.string(),
  zone: z.string(),
  labels: z.record(z.string(), z.string()),
  capacity: z.strictObject({ apps: z.int().min(0), connections: z.int().min(0) }),
  port_range: z.strictObject({ first: port, last: port }),
});

/** One app on one node, as control wants it. */
const assignedApp = z.strictObject({
  /** Of the app's document. */
  revision: z.int().min(1),
  /** In the order of the app's. */
  ports: z.array(port),
  /**
   * It is to go: `waits` until those that take its place are ready, or is `closing`, which fronts obey by sending nothing new,
   * until no front has it any more.
   */
  leaving: z.enum(["waits", "closing"]).optional(),
});

/** What a node has to carry. Written by the leader of control alone; a node obeys no other. */
export const assignmentDocument = z.strictObject({
  format: FORMAT,
  /** Of the leader's lease: a later leader has a higher one. */
  epoch: z.int().min(0),
  apps: z.record(z.string(), assignedApp),
});

/** How an app is on a node. */
export const REPLICA_STATES = [
  /** It serves, with as many targets as it wants. */
  "ready",
  /** Its config is in force, and it does not serve, or with too few targets. */
  "unready",
  /** Its document is not valid here: what ran before goes on. */
  "invalid",
  /** Another app of this node has its address: what ran before goes on. */
  "conflict",
] as const;

/** One app on one node, as the node sees it. */
export const stateDocument = z.strictObject({
  format: FORMAT,
  /** Of the document that this is about. */
  revision: z.int().min(1),
  state: z.enum(REPLICA_STATES),
  /** Why it is not ready; empty where it is. */
  reason: z.string(),
});

/** A proxy whose targets are apps of the region, and the replicas that it sends connections to. Written by it, as a lease. */
export const frontDocument = z.strictObject({
  format: FORMAT,
  /** App → names of nodes. */
  uses: z.record(z.string(), z.array(z.string())),
});

/** Who leads. */
export const leaderDocument = z.strictObject({ format: FORMAT, id: z.string() });

/** A node and what it offers. */
export type NodeDocument = z.output<typeof nodeDocument>;
/** One app on one node, as control wants it. */
export type AssignedApp = z.output<typeof assignedApp>;
/** What a node has to carry. */
export type AssignmentDocument = z.output<typeof assignmentDocument>;
/** One app on one node, as the node sees it. */
export type StateDocument = z.output<typeof stateDocument>;
/** A proxy whose targets are apps of the region. */
export type FrontDocument = z.output<typeof frontDocument>;
/** Who leads. */
export type LeaderDocument = z.output<typeof leaderDocument>;
