import type {
  Assignments,
  Placement,
  PlacementApp,
  PlacementChange,
  PlacementNode,
  Replica,
  Unplaced,
} from "../model/placement.ts";
import { Keeper } from "./keeper.ts";
import { LabelIndex } from "./label_index.ts";
import { Demand, Ledger } from "./ledger.ts";
import { NodeChooser } from "./node_chooser.ts";
import { PlacedApp } from "./placed_app.ts";
import { Rebalance } from "./rebalance.ts";

/**
 * Where each app belongs. What may stay stays; what has to leave, and what is missing, comes to the best node that takes it;
 * then at most a small part is moved that could have stayed. The same input, in whatever order, gives the same result, and
 * the result as present assignments gives itself, after some rounds where much is out of balance.
 *
 * Guaranteed always: never two replicas of an app on a node, no port twice on a node, no node above its capacity, labels and
 * limits of zones as the app asks. As far as nodes allow: as many replicas as wanted, and two zones for an app with two or
 * more.
 * @throws {TypeError} when two apps or two nodes have one name.
 */
export function place(
  apps: readonly PlacementApp[],
  nodes: readonly PlacementNode[],
  present: Assignments,
): Placement {
  const names = new Set(apps.map(({ name }) => name));
  if (names.size < apps.length) throw new TypeError("Two apps have one name");
  const ledger = new Ledger(nodes, new Demand(apps));
  const labels = new LabelIndex(ledger.nodes);
  const placed = apps
    .toSorted((a, b) => a.name < b.name ? -1 : 1)
    .map((app) => new PlacedApp(app, labels.mask(app.requireLabels)));
  const chooser = new NodeChooser(ledger);
  const keeper = new Keeper(ledger);
  keeper.keep(placed, present);
  for (const one of placed) keeper.shrink(one);
  const unplaced = placed.filter(({ missing }) => missing > 0).flatMap((one) => grow(one, ledger, chooser));
  new Rebalance(ledger, chooser, placed).run();
  const deleted = [...present.keys()].filter((name) => !names.has(name)).sort();
  return {
    assignments: new Map(placed.map((one) => [one.app.name, replicasOf(one, ledger)])),
    changes: [
      ...placed.flatMap((one) => changesOf(one, present.get(one.app.name) ?? [], ledger)),
      ...deleted.flatMap((app) =>
        present.get(app)!.map(({ node }) => ({ kind: "remove", app, node, reason: "app_deleted" } as const))
      ),
    ],
    unplaced,
  };
}

/** Finds nodes for the replicas that an app lacks; says what is left over. */
function grow(placed: PlacedApp, ledger: Ledger, chooser: NodeChooser): Unplaced[] {
  chooser.begin(placed);
  while (placed.missing > 0) {
    const node = chooser.next();
    if (node === null) {
      return [{ app: placed.app.name, missing: placed.missing, refusals: chooser.refusals(placed) }];
    }
    placed.held.push({ node, ports: ledger.take(node, placed.app), former: null });
    chooser.took(node);
  }
  return [];
}

function replicasOf({ held }: PlacedApp, { nodes }: Ledger): readonly Replica[] {
  return held
    // What is as it was is the same object, so that a large region is not in memory twice.
    .map(({ node, ports, former }) =>
      former !== null && isSame(former.ports, ports) ? former : { node: nodes[node]!.name, ports }
    )
    .sort((a, b) => a.node < b.node ? -1 : 1);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((port, at) => port === b[at]);
}

/** What is different from before. */
function changesOf(
  { app: { name: app }, held, lost }: PlacedApp,
  present: readonly Replica[],
  { nodes }: Ledger,
): PlacementChange[] {
  if (lost.size === 0 && held.every(({ former, ports }) => former !== null && isSame(former.ports, ports))) {
    return [];
  }
  const before = new Map(present.map(({ node, ports }) => [node, ports]));
  const after = new Map(held.map(({ node, ports }) => [nodes[node]!.name, ports]));
  const gone = [...before.keys()].filter((node) => !after.has(node)).map((node) => ({
    node,
    reason: lost.get(node)!,
  }));
  const replaced = gone.filter(({ reason }) => reason !== "scaled_down");
  const changes: PlacementChange[] = [];
  for (const [node, ports] of after) {
    const former = before.get(node);
    if (former === undefined) changes.push({ kind: "add", app, node, replaces: replaced.shift() ?? null });
    else if (!isSame(former, ports)) changes.push({ kind: "ports", app, node });
  }
  return [...changes, ...gone.map(({ node, reason }) => ({ kind: "remove", app, node, reason } as const))];
}
