/** What the admin API answers about a region, as far as the dashboard reads it; held against the API by a unit test. */

/** What control thinks of a node. */
export type NodeStanding = "ready" | "cordoned" | "draining" | "gone";
/** How an app is on a node. */
export type CellState =
  | "ready"
  | "unready"
  | "invalid"
  | "conflict"
  | "waits"
  | "closing"
  | "updating"
  | "not_told"
  | "gone";
/** How an app is in the region as a whole. */
export type AppCondition = "down" | "degraded" | "changing" | "well";
/** How far a change of an app has come. */
export type RolloutLeg = "canary" | "baking" | "batches" | "done" | "failed" | "rolled_back";

/** A node of the region. */
export interface RegionNode {
  readonly name: string;
  readonly zone: string;
  readonly address: string;
  readonly standing: NodeStanding;
  /** Who cordoned or drains it; empty where nobody does. */
  readonly by: string;
  readonly capacity: { readonly apps: number; readonly connections: number } | null;
  readonly carried: number;
  readonly ready: number;
}

/** An app on a node. */
export interface Replica {
  readonly node: string;
  readonly state: CellState;
  readonly reason: string;
  readonly serving: boolean;
  readonly revision: number;
  readonly ports: readonly number[];
}

/** How a change comes to the replicas of an app. */
export interface RegionRollout {
  readonly leg: RolloutLeg;
  readonly paused: boolean;
  readonly from: number | null;
  readonly to: number;
  readonly reason: string;
  readonly updated: number;
  readonly since: string;
}

/** How many replicas an app has, and how that was worked out. */
export interface RegionScale {
  readonly min: number;
  readonly max: number;
  readonly target: string;
  readonly reason: string;
  readonly since: string | null;
  readonly held: { readonly by: string; readonly until: string } | null;
}

/** An app of the region. */
export interface RegionApp {
  readonly name: string;
  /** Null where it was deleted and is still carried. */
  readonly revision: number | null;
  readonly condition: AppCondition;
  readonly wanted: number;
  readonly ready: number;
  readonly replicas: readonly Replica[];
  readonly rollout: RegionRollout | null;
  readonly scale: RegionScale | null;
  readonly trouble: readonly string[];
}

/** A proxy whose targets are apps of the region. */
export interface RegionFront {
  readonly name: string;
  readonly gone: boolean;
  /** App → nodes. */
  readonly uses: Readonly<Record<string, readonly string[]>>;
}

/** Answer of `GET /api/v1/region`. */
export interface Region {
  readonly region: string;
  readonly leader: string | null;
  readonly nodes: readonly RegionNode[];
  readonly apps: readonly RegionApp[];
  readonly fronts: readonly RegionFront[];
}

/** Event `unreachable` of `GET /api/v1/region/stream`. */
export interface RegionUnreachable {
  readonly reason: string;
  readonly age_ms: number | null;
}

/** Answer of `GET /api/v1/status`, as far as it tells of the region. */
export interface RegionMembership {
  readonly region: { readonly region: string; readonly node: string } | null;
}
