import { listenAddress } from "../../model/config_values.ts";
import type { AppDocument } from "../model/app_document.ts";
import { placementSettings, scaleSettings } from "../model/app_settings.ts";
import type { AssignedApp, AssignmentDocument } from "../model/documents.ts";
import type { Assignments, Placement, PlacementApp, PlacementNode, Replica } from "../model/placement.ts";
import { place } from "../placement/place.ts";
import type { Stored } from "../store/bucket.ts";

/** What control derives everything from. */
export interface RegionFacts {
  readonly apps: ReadonlyMap<string, Pick<Stored<AppDocument>, "value" | "revision">>;
  readonly nodes: readonly PlacementNode[];
  /** By node. */
  readonly assignments: ReadonlyMap<string, Pick<AssignmentDocument, "apps">>;
  /** Whether an app serves on a node, at this revision. */
  isReady(node: string, app: string, revision: number): boolean;
  /** Whether a front sends connections to an app on a node. */
  isUsed(node: string, app: string): boolean;
}

/** What each node has to carry, and why. */
export interface WantedAssignments {
  readonly assignments: ReadonlyMap<string, Readonly<Record<string, AssignedApp>>>;
  readonly placement: Pick<Placement, "changes" | "unplaced">;
}

/**
 * What every node has to carry, from what is wanted and what is there. A replica that is moved leaves only once those that
 * are wanted are ready and no front has it any more, unless its node is gone or its port is needed. An app whose document
 * cannot be read stays as it is.
 */
export function wantedAssignments(facts: RegionFacts): WantedAssignments {
  const { apps, nodes, assignments } = facts;
  const wanted = new Map<string, Record<string, AssignedApp>>();
  for (const { name } of nodes) wanted.set(name, {});
  // Also those that nobody knows any more: when they come back they find that they have nothing to carry.
  for (const node of assignments.keys()) if (!wanted.has(node)) wanted.set(node, {});
  const readable = new Map([...apps].flatMap(([name, { value, revision }]) => {
    const app = value === null ? null : placementApp(name, value);
    return app === null ? [] : [[name, { app, revision }] as const];
  }));
  const placement = place([...readable.values()].map(({ app }) => app), nodes, present(assignments));
  for (const [name, replicas] of placement.assignments) {
    const { revision } = readable.get(name)!;
    for (const { node, ports } of replicas) wanted.get(node)![name] = { revision, ports: [...ports] };
  }
  keepUnreadable(apps, readable, assignments, wanted);
  keepLeaving(facts, placement.assignments, wanted);
  return { assignments: wanted, placement };
}

/** What placement has to know of an app. Null where its document is not valid. */
export function placementApp(name: string, { app, placement, scale }: AppDocument): PlacementApp | null {
  const settings = placementSettings.safeParse(placement ?? {}).data;
  const ports = Array.isArray(app["ports"])
    ? app["ports"].map((port) => listenAddress.safeParse(port).data?.port)
    : [];
  if (settings === undefined || ports.includes(undefined)) return null;
  const target = scale === undefined ? undefined : scaleSettings.safeParse(scale).data?.target;
  return {
    name,
    replicas: settings.replicas,
    maxPerZone: settings.max_per_zone ?? null,
    requireLabels: settings.require_labels,
    spreadBy: settings.spread_by,
    ports: ports.map((port) => port === 0 ? "auto" : port!),
    connections: target?.connections ?? 0,
  };
}

/** Where apps are now; those that are leaving do not count. */
function present(assignments: RegionFacts["assignments"]): Assignments {
  const present = new Map<string, Replica[]>();
  for (const [node, { apps }] of assignments) {
    for (const [app, { ports, leaving }] of Object.entries(apps)) {
      if (leaving !== undefined) continue;
      const replicas = present.get(app) ?? [];
      replicas.push({ node, ports });
      present.set(app, replicas);
    }
  }
  return present;
}

function keepUnreadable(
  apps: RegionFacts["apps"],
  readable: ReadonlyMap<string, unknown>,
  assignments: RegionFacts["assignments"],
  wanted: Map<string, Record<string, AssignedApp>>,
): void {
  for (const [node, document] of assignments) {
    for (const [app, assigned] of Object.entries(document.apps)) {
      if (apps.has(app) && !readable.has(app)) wanted.get(node)![app] = assigned;
    }
  }
}

/** Lets replicas that are to go stay until they are missed by nobody. */
function keepLeaving(
  { apps, nodes, assignments, isReady, isUsed }: RegionFacts,
  placed: Assignments,
  wanted: Map<string, Record<string, AssignedApp>>,
): void {
  const isThere = new Set(nodes.filter(({ standing }) => standing !== "gone").map(({ name }) => name));
  for (const [node, { apps: carried }] of assignments) {
    if (!isThere.has(node)) continue;
    const own = wanted.get(node)!;
    const taken = new Set(Object.values(own).flatMap(({ ports }) => ports));
    for (const [app, assigned] of Object.entries(carried)) {
      if (own[app] !== undefined || assigned.ports.some((port) => taken.has(port))) continue;
      const replicas = placed.get(app) ?? [];
      const isReplaced = replicas.every((replica) => isReady(replica.node, app, apps.get(app)!.revision));
      if (isReplaced && !isUsed(node, app)) continue;
      own[app] = {
        revision: assigned.revision,
        ports: assigned.ports,
        leaving: isReplaced ? "closing" : "waits",
      };
      for (const port of assigned.ports) taken.add(port);
    }
  }
}
