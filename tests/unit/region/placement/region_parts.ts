import type { Assignments, PlacementApp, PlacementNode } from "../../../../src/region/model/placement.ts";

/** A node in zone `a` that takes 100 replicas. */
export function node(name: string, fields: Partial<PlacementNode> = {}): PlacementNode {
  return {
    name,
    zone: "a",
    labels: {},
    standing: "ready",
    capacity: { apps: 100, connections: 100_000 },
    portRange: { first: 20_000, last: 20_999 },
    ...fields,
  };
}

/** An app that wants three replicas, with one port of the node's range. */
export function app(name: string, fields: Partial<PlacementApp> = {}): PlacementApp {
  return {
    name,
    replicas: 3,
    maxPerZone: null,
    requireLabels: {},
    spreadBy: ["zone", "node"],
    ports: ["auto"],
    connections: 10,
    ...fields,
  };
}

/** So many nodes, in zones by turns. */
export function nodes(count: number, zones: number, fields: Partial<PlacementNode> = {}): PlacementNode[] {
  return Array.from(
    { length: count },
    (_, index) => node(`n${index}`, { zone: `z${index % zones}`, ...fields }),
  );
}

/** So many apps. */
export function apps(count: number, fields: Partial<PlacementApp> = {}): PlacementApp[] {
  return Array.from({ length: count }, (_, index) => app(`app-${index}`, fields));
}

/** What is where, as text: an app's nodes in order. */
export function nodesOf(assignments: Assignments, name: string): string[] {
  return (assignments.get(name) ?? []).map((replica) => replica.node);
}
