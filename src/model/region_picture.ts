/** A region at a moment, as it is shown: by the admin API, the dashboard and commands alike. */

/** What control thinks of a node. */
export const NODE_STANDINGS = ["ready", "cordoned", "draining", "gone"] as const;

/** How an app is on a node. */
export const CELL_STATES = [
  /** It serves. */
  "ready",
  /** Its config is in force, and it does not serve, or with too few targets. */
  "unready",
  /** Its config is not valid there: what ran before goes on. */
  "invalid",
  /** Another app of the node has its address: what ran before goes on. */
  "conflict",
  /** It goes when those that take its place are ready; it serves until then. */
  "waits",
  /** It goes when no front has it any more; it gets nothing new. */
  "closing",
  /** It gets another revision when no front has it any more; it gets nothing new. */
  "updating",
  /** Its node has not said yet how it is. */
  "not_told",
  /** Its node is gone: another one takes its place. */
  "gone",
] as const;

/** How an app is in the region as a whole, the worst first. */
export const APP_CONDITIONS = [
  /** None of its replicas serves. */
  "down",
  /** A replica does not serve, or has no node, or a change was taken back. */
  "degraded",
  /** A change is on its way to its replicas, or these move. */
  "changing",
  "well",
] as const;

/** How far a new revision of an app has come. */
export const ROLLOUT_STEPS = ["canary", "baking", "batches", "done", "failed", "rolled_back"] as const;

/** One of {@link NODE_STANDINGS}. */
export type NodeStandingWord = typeof NODE_STANDINGS[number];
/** One of {@link CELL_STATES}. */
export type CellState = typeof CELL_STATES[number];
/** One of {@link APP_CONDITIONS}. */
export type AppCondition = typeof APP_CONDITIONS[number];
/** One of {@link ROLLOUT_STEPS}. */
export type RolloutStepWord = typeof ROLLOUT_STEPS[number];

/** A node that says that it is there, or that still has something to carry. */
export interface PictureNode {
  readonly name: string;
  /** Empty where it has none, or where that is not known. */
  readonly zone: string;
  /** Where others reach it; empty where that is not known. */
  readonly address: string;
  readonly standing: NodeStandingWord;
  /** Who cordoned or drains it; empty where nobody does. */
  readonly by: string;
  /** Most apps, and connections, that it takes; null where that is not known. */
  readonly capacity: { readonly apps: number; readonly connections: number } | null;
  /** Apps that it has to carry, ... */
  readonly carried: number;
  /** ... and how many of them serve and get what is new. */
  readonly ready: number;
}

/** One app on one node: a cell of the grid. */
export interface PictureReplica {
  readonly node: string;
  readonly state: CellState;
  /** Why it is as it is; empty where it serves. */
  readonly reason: string;
  /** Whether it serves and gets what is new. */
  readonly serving: boolean;
  /** Revision that it was given. */
  readonly revision: number;
  readonly ports: readonly number[];
}

/** How a new revision comes to the replicas of an app. */
export interface PictureRollout {
  readonly leg: RolloutStepWord;
  readonly paused: boolean;
  /** Revision that all had before; null for a new app. */
  readonly from: number | null;
  readonly to: number;
  /** Why it failed, or who undid it; empty where all is well. */
  readonly reason: string;
  /** Replicas that were given the new revision. */
  readonly updated: number;
  /** Since when it is so, by the servers' clock; RFC 3339. */
  readonly since: string;
}

/** How many replicas an app with `scale` has, and how that was worked out. */
export interface PictureScale {
  readonly min: number;
  readonly max: number;
  /** What it goes by, and how much of it a replica should have: `connections 500`. */
  readonly target: string;
  /** Formula of the last decision; empty before the first. */
  readonly reason: string;
  /** When that was, by the servers' clock, RFC 3339; null before the first. */
  readonly since: string | null;
  /** Who set the number by hand, and until when that holds; null where it was worked out. */
  readonly held: { readonly by: string; readonly until: string } | null;
}

/** An app of the region. */
export interface PictureApp {
  readonly name: string;
  /** Of its document; null for an app that was deleted and is still carried. */
  readonly revision: number | null;
  readonly condition: AppCondition;
  /** Replicas that it is to have. */
  readonly wanted: number;
  /** How many serve and get what is new. */
  readonly ready: number;
  /** On which nodes it is, or is to be. */
  readonly replicas: readonly PictureReplica[];
  /** Null where there was none. */
  readonly rollout: PictureRollout | null;
  /** Null where it has no `scale`. */
  readonly scale: PictureScale | null;
  /** What keeps it from being as it is wanted, a sentence each; empty where all is well. */
  readonly trouble: readonly string[];
}

/** A proxy whose targets are apps of the region. */
export interface PictureFront {
  readonly name: string;
  /** Whether it has said nothing for so long that it does not count any more. */
  readonly gone: boolean;
  /** App → nodes that it sends connections to. */
  readonly uses: Readonly<Record<string, readonly string[]>>;
}

/** A region at a moment. Lists are in the order of names. */
export interface RegionPicture {
  /** Its name. */
  readonly region: string;
  /** The control that leads; null where none does. */
  readonly leader: string | null;
  readonly nodes: readonly PictureNode[];
  readonly apps: readonly PictureApp[];
  readonly fronts: readonly PictureFront[];
}
