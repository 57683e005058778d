import type { CellState, RegionApp, RegionNode, Replica } from "../api/region.ts";
import { CONDITION_SEVERITIES, severityOfNode } from "./region_words.ts";
import { bySeverity } from "./reasons.ts";

/** Which apps a grid shows. */
export const GRID_FILTERS = ["", "attention", "rollout"] as const;

/** What is chosen on the page of the region. */
export interface GridView {
  /** Part of an app's or a node's name; case does not matter. */
  readonly text: string;
  /** Only apps on this node; "" for all. */
  readonly node: string;
  /** Only apps that are not well, or have a rollout under way, or a replica in that state; "" for all. */
  readonly only: typeof GRID_FILTERS[number] | CellState;
  /** App whose replicas are told; "" for none. */
  readonly app: string;
}

const STATES: readonly CellState[] = [
  "ready",
  "unready",
  "invalid",
  "conflict",
  "waits",
  "closing",
  "updating",
  "not_told",
  "gone",
];

/** Reads it from an address; what is not known is as if it were not there. */
export function readGridView(query: Readonly<Record<string, string>>): GridView {
  const only = [...GRID_FILTERS, ...STATES].find((one) => one === query["only"]) ?? "";
  return { text: query["find"] ?? "", node: query["node"] ?? "", only, app: query["app"] ?? "" };
}

/** Apps that a view shows: what is not well first, then what changes, then the others, each in the order of names. */
export function gridApps(apps: readonly RegionApp[], { text, node, only }: GridView): RegionApp[] {
  const wanted = text.toLowerCase();
  const isNamed = ({ name, replicas }: RegionApp): boolean =>
    name.toLowerCase().includes(wanted) ||
    replicas.some((replica) => replica.node.toLowerCase().includes(wanted));
  return apps.filter((app) =>
    (wanted === "" || isNamed(app)) &&
    (node === "" || app.replicas.some((replica) => replica.node === node)) &&
    isLike(app, only)
  ).sort((a, b) => {
    const difference = bySeverity(CONDITION_SEVERITIES[a.condition], CONDITION_SEVERITIES[b.condition]);
    return difference !== 0 ? difference : a.name < b.name ? -1 : 1;
  });
}

function isLike({ condition, rollout, replicas }: RegionApp, only: GridView["only"]): boolean {
  if (only === "") return true;
  if (only === "attention") return condition === "down" || condition === "degraded";
  if (only === "rollout") return rollout !== null && rollout.leg !== "done";
  return replicas.some(({ state }) => state === only);
}

/** Nodes of one zone. */
export interface ZoneNodes {
  readonly zone: string;
  readonly nodes: readonly RegionNode[];
}

/** Nodes by zone, both in the order of names; numbers in names count as numbers. */
export function zonesOf(nodes: readonly RegionNode[]): ZoneNodes[] {
  const order = new Intl.Collator("en", { numeric: true });
  return [...Map.groupBy(nodes, ({ zone }) => zone)].map(([zone, all]) => ({
    zone,
    nodes: all.toSorted((a, b) => order.compare(a.name, b.name)),
  })).sort((a, b) => order.compare(a.zone, b.zone));
}

/** The same with what wants attention first, zones as well as nodes in them. */
export function zonesByAttention(zones: readonly ZoneNodes[]): ZoneNodes[] {
  const byNode = (a: RegionNode, b: RegionNode): number => bySeverity(severityOfNode(a), severityOfNode(b));
  return zones.map(({ zone, nodes }) => ({ zone, nodes: nodes.toSorted(byNode) }))
    .sort((a, b) => byNode(a.nodes[0]!, b.nodes[0]!));
}

/** A replica and the column that it stands in, from 0. */
export interface PlacedReplica {
  readonly replica: Replica;
  readonly column: number;
}

/** Where replicas of an app stand in a row; those on nodes that are not shown are left out. */
export function placedReplicas(
  { replicas }: RegionApp,
  columns: ReadonlyMap<string, number>,
): PlacedReplica[] {
  return replicas.flatMap((replica) => {
    const column = columns.get(replica.node);
    return column === undefined ? [] : [{ replica, column }];
  }).sort((a, b) => a.column - b.column);
}
