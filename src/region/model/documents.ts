import * as z from "zod";
import { LOG_LEVELS } from "../../base/log.ts";
import { OVERRIDE_STATES } from "../../control/overrides/override.ts";

/** What the store of a region holds besides apps. Documents of another format are left alone. */

const FORMAT = z.literal(1, { error: "was written by another version of fproxy" });
const port = z.int().min(1).max(65_535);

/** A node and what it offers; its lease. Written by the node, again and again: it is there as long as it lives. */
export const nodeDocument = z.strictObject({
  format: FORMAT,
  /** Another one after each start of its program. */
  run: z.string(),
  /** Of the last leader that it obeyed: none with a lower one is obeyed. */
  epoch: z.int().min(0),
  address: z.string(),
  zone: z.string(),
  labels: z.record(z.string(), z.string()),
  capacity: z.strictObject({ apps: z.int().min(0), connections: z.int().min(0) }),
  port_range: z.strictObject({ first: port, last: port }),
});

/** What is going to happen to a replica. It is as it was until then. */
export const REPLICA_PHASES = [
  /** It goes when those that take its place are ready; fronts go on with it. */
  "waits",
  /** It goes when no front has it any more: fronts send it nothing new. */
  "closing",
  /** It gets another revision when no front has it any more: fronts send it nothing new. */
  "updating",
] as const;

/** One app on one node, as control wants it. */
const assignedApp = z.strictObject({
  /** Of the app's document. */
  revision: z.int().min(1),
  /** Grows with each change of revision or ports: what was said of a former turn says nothing of this one. */
  turn: z.int().min(0),
  /** In the order of the app's. */
  ports: z.array(port),
  /** Why fronts may not count on it any longer. */
  phase: z.enum(REPLICA_PHASES).optional(),
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
  /** Of the node's document: what it said before it was started anew does not count. */
  run: z.string(),
  /** Of the document that this is about, and the turn in which it was assigned. */
  revision: z.int().min(1),
  turn: z.int().min(0),
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

/** How far a new revision of an app has come. */
export const ROLLOUT_LEGS = ["canary", "baking", "batches", "done", "failed", "rolled_back"] as const;

/** A rollout of an app. Written by the leader, and by who pauses, resumes or undoes it. */
export const rolloutDocument = z.strictObject({
  format: FORMAT,
  /** Revision that all had before; null for a new app. */
  from: z.int().min(1).nullable(),
  to: z.int().min(1),
  leg: z.enum(ROLLOUT_LEGS),
  /** Why it failed, or who undid it; empty where all is well. */
  reason: z.string(),
  paused: z.boolean(),
});

/** How many replicas an app with `scale` has. Written by the leader, and by who sets it by hand. */
export const scaleDocument = z.strictObject({
  format: FORMAT,
  replicas: z.int().min(0),
  /** How that was worked out. */
  reason: z.string(),
  /** Set by hand, for a time in milliseconds from when that was written; null where it was worked out. */
  held: z.strictObject({ by: z.string(), for_ms: z.int().min(0) }).nullable(),
});

/** What a node has to do, told again and again and kept nowhere. */
export const loadDocument = z.strictObject({
  format: FORMAT,
  /** Processor time of its program, as a share of all cores. */
  cpu: z.number().min(0),
  /** App → open connections, connections so far, requests so far, and of both those that failed so far. */
  apps: z.record(z.string(), z.tuple([z.number(), z.number(), z.number(), z.number()])),
});

/** What operators said of a node. */
export const overrideDocument = z.strictObject({
  format: FORMAT,
  /** `cordoned` takes nothing new, `draining` gives away what it has. */
  standing: z.enum(["cordoned", "draining"]),
  by: z.string(),
});

/** What operators said of a target of an app, wherever the app is. At least one of both is there. */
export const targetDocument = z.strictObject({
  format: FORMAT,
  state: z.enum(OVERRIDE_STATES).nullable(),
  /** A weight, or a share of the configured one: `50%`. */
  weight: z.string().nullable(),
  by: z.string(),
  reason: z.string(),
  /** From when it was written, by the servers' clock; null until it is taken back. */
  for_ms: z.int().min(0).nullable(),
});

/** Something that happened, as the region remembers it. */
export const eventDocument = z.strictObject({
  format: FORMAT,
  level: z.enum(LOG_LEVELS),
  /** Its name among those of the log. */
  event: z.string(),
  /** Who says so: a control, a node, or an operator. */
  by: z.string(),
  fields: z.record(z.string(), z.json()),
});

/** A node that a provider was asked for: written before it is asked, and there until it was given back. */
export const providedDocument = z.strictObject({
  format: FORMAT,
  /** Kind of the provider. */
  provider: z.string(),
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
/** What a node says of an app, without what is the same for all. */
export type ReplicaState = Omit<StateDocument, "format" | "run">;
/** A proxy whose targets are apps of the region. */
export type FrontDocument = z.output<typeof frontDocument>;
/** A rollout of an app. */
export type RolloutDocument = z.output<typeof rolloutDocument>;
/** How many replicas an app with `scale` has. */
export type ScaleDocument = z.output<typeof scaleDocument>;
/** What a node has to do. */
export type LoadDocument = z.output<typeof loadDocument>;
/** What operators said of a target. */
export type TargetDocument = z.output<typeof targetDocument>;
/** Something that happened, as the region remembers it. */
export type EventDocument = z.output<typeof eventDocument>;
/** What operators said of a node. */
export type OverrideDocument = z.output<typeof overrideDocument>;
/** A node that a provider was asked for. */
export type ProvidedDocument = z.output<typeof providedDocument>;
/** Who leads. */
export type LeaderDocument = z.output<typeof leaderDocument>;
