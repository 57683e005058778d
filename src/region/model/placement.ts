/**
 * What control thinks of a node. Replicas stay on `ready` and `cordoned` nodes, come to `ready` ones alone, and have to
 * leave the others.
 */
export type NodeStanding = "ready" | "cordoned" | "draining" | "gone";

/** What a node offers to apps. */
export interface PlacementNode {
  /** Unique in a region. */
  readonly name: string;
  readonly zone: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly standing: NodeStanding;
  /** Most replicas, and most connections that these may be expected to hold together. */
  readonly capacity: { readonly apps: number; readonly connections: number };
  /** Ports for those who ask for `auto`, both ends included. */
  readonly portRange: { readonly first: number; readonly last: number };
}

/** What an app asks of a region. */
export interface PlacementApp {
  /** Unique in a region. */
  readonly name: string;
  /** Wanted on as many nodes, at least 0. */
  readonly replicas: number;
  /** Most replicas in one zone; null where there is no such limit. */
  readonly maxPerZone: number | null;
  /** Labels that a node has to have, with these values. */
  readonly requireLabels: Readonly<Record<string, string>>;
  /** `zone`: as many replicas in each zone as in any other. A node never has two, whether `node` is named or not. */
  readonly spreadBy: readonly ("zone" | "node")[];
  /** Each once, or `auto` for any of the node's range. */
  readonly ports: readonly (number | "auto")[];
  /** Connections that one replica is expected to hold. */
  readonly connections: number;
}

/** A replica of an app on a node, with the ports that it has there, in the order of the app's. */
export interface Replica {
  readonly node: string;
  readonly ports: readonly number[];
}

/** Which app is where: its name → its replicas, by the names of their nodes. */
export type Assignments = ReadonlyMap<string, readonly Replica[]>;

/** Why a node does not take a replica. */
export type Refusal =
  | "gone"
  | "draining"
  | "cordoned"
  | "labels"
  | "port_taken"
  | "no_free_port"
  | "apps_full"
  | "connections_full"
  | "zone_full"
  | "has_one";

/** Why a replica left its node. */
export type RemovalReason =
  | "app_deleted"
  | "scaled_down"
  | "node_unknown"
  /** To get the app into a second zone. */
  | "spread"
  /** From a node with more than its share to one with less. */
  | "balance"
  | Exclude<Refusal, "cordoned" | "has_one">;

/** One step from the present assignments to the wanted ones. */
export type PlacementChange =
  | {
    readonly kind: "add";
    readonly app: string;
    readonly node: string;
    /** The replica in whose place this one comes; null where the app has one more. */
    readonly replaces: { readonly node: string; readonly reason: RemovalReason } | null;
  }
  | { readonly kind: "remove"; readonly app: string; readonly node: string; readonly reason: RemovalReason }
  /** It stays where it is, on other ports. */
  | { readonly kind: "ports"; readonly app: string; readonly node: string };

/** An app that is on fewer nodes than it asks for. */
export interface Unplaced {
  readonly app: string;
  /** Replicas that found no node, at least 1. */
  readonly missing: number;
  /** How many nodes refused the next one, by why. */
  readonly refusals: Readonly<Partial<Record<Refusal, number>>>;
}

/** Where apps belong, and what to do for it. */
export interface Placement {
  readonly assignments: Assignments;
  /** By the names of apps. */
  readonly changes: readonly PlacementChange[];
  readonly unplaced: readonly Unplaced[];
}
