import type { Assignments, PlacementApp, PlacementNode } from "../model/placement.ts";
import { place } from "../placement/place.ts";
import type { Amount, ProvisionFacts } from "./provision_step.ts";

/** A region, as far as it matters for how many nodes it needs. */
export interface ProvisionView extends Pick<ProvisionFacts, "settings" | "awaited" | "unplaced" | "calmMs"> {
  readonly nodes: readonly PlacementNode[];
  /** Names of nodes that the provider made. */
  readonly made: ReadonlySet<string>;
  readonly apps: readonly PlacementApp[];
  /** Where apps are; those that are leaving do not count. */
  readonly present: Assignments;
}

const NOTHING: Amount = { apps: 0, connections: 0 };

/** What the number of nodes is decided from. What another number would change is found out by placing all apps. */
export function provisionFacts(
  { nodes, made, apps, present, unplaced, ...rest }: ProvisionView,
): ProvisionFacts {
  const missing = (among: readonly PlacementNode[]): number =>
    place(apps, among, present).unplaced.reduce((sum, one) => sum + one.missing, 0);
  const carried = carriedBy(apps, present);
  // What takes no apps, as a front, is none that one more would stand beside.
  const able = nodes.filter(({ capacity }) => capacity.apps > 0);
  return {
    ...rest,
    unplaced,
    nodes: able.map(({ name, standing, capacity }) => ({
      name,
      standing,
      capacity,
      isMade: made.has(name),
      carries: carried.get(name) ?? NOTHING,
    })),
    helps: () => {
      // Nobody knows what it will be like; likely as another one that was made.
      const like = able.find(({ name }) => made.has(name)) ?? largest(able);
      return like === null || missing([...nodes, { ...like, name: "", standing: "ready" }]) < unplaced;
    },
    fitsWithout: (node) =>
      missing(nodes.map((one) => one.name === node ? { ...one, standing: "draining" } : one)) <= unplaced,
  };
}

/** What each node carries. */
function carriedBy(apps: readonly PlacementApp[], present: Assignments): ReadonlyMap<string, Amount> {
  const carried = new Map<string, Amount>();
  for (const { name, connections } of apps) {
    for (const { node } of present.get(name) ?? []) {
      const sum = carried.get(node) ?? NOTHING;
      carried.set(node, { apps: sum.apps + 1, connections: sum.connections + connections });
    }
  }
  return carried;
}

function largest(nodes: readonly PlacementNode[]): PlacementNode | null {
  return nodes.reduce<PlacementNode | null>(
    (most, node) => most === null || node.capacity.apps > most.capacity.apps ? node : most,
    null,
  );
}
