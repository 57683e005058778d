import { listenAddress } from "../../model/config_values.ts";
import type { AppDocument } from "../model/app_document.ts";
import { placementSettings, rolloutSettings, scaleSettings } from "../model/app_settings.ts";
import type { AssignedApp, AssignmentDocument, RolloutDocument, StateDocument } from "../model/documents.ts";
import type { Assignments, Placement, PlacementApp, PlacementNode, Replica } from "../model/placement.ts";
import { place } from "../placement/place.ts";
import { type RolloutStep, rolloutStep, type Tries } from "../rollout/rollout_step.ts";
import type { Stored } from "../store/bucket.ts";

/** What control derives everything from. */
export interface RegionFacts {
  readonly apps: ReadonlyMap<string, Pick<Stored<AppDocument>, "value" | "revision">>;
  readonly nodes: readonly PlacementNode[];
  /** By node. */
  readonly assignments: ReadonlyMap<string, Pick<AssignmentDocument, "apps">>;
  /** Replicas that were worked out, by app; those that are not there have what they are written with. */
  readonly scales: ReadonlyMap<string, number>;
  /** A number that is higher than all turns so far. */
  readonly turn: number;
  /** How far new revisions have come, by app. */
  readonly rollouts: ReadonlyMap<string, RolloutDocument>;
  /** Milliseconds since the present leg of an app's rollout began. */
  legMs(app: string): number;
  /** What a node said last of an app. */
  stateOf(node: string, app: string): StateDocument | null;
  /** What was tried on a replica since the leg began, and what of it failed; null where nothing is known. */
  triesOf(app: string, node: string): Tries | null;
  /** Whether a front sends connections to an app on a node. */
  isUsed(node: string, app: string): boolean;
}

/** What each node has to carry, and why. */
export interface WantedAssignments {
  readonly assignments: ReadonlyMap<string, Readonly<Record<string, AssignedApp>>>;
  readonly placement: Pick<Placement, "changes" | "unplaced">;
  /** Rollouts that begin or go on: they are written before the assignments. */
  readonly rollouts: ReadonlyMap<string, RolloutDocument>;
  /** Milliseconds after which time alone may change something; infinite where it does not. */
  readonly nextMs: number;
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
    const app = value === null ? null : placementApp(name, value, facts.scales.get(name));
    return app === null ? [] : [[name, { app, document: value!, revision }] as const];
  }));
  const placement = place([...readable.values()].map(({ app }) => app), nodes, presentReplicas(assignments));
  const rollouts = new Map<string, RolloutDocument>();
  let nextMs = Infinity;
  for (const [name, replicas] of placement.assignments) {
    const step = rollOut(name, readable.get(name)!, replicas, facts);
    if (step.record !== facts.rollouts.get(name)) rollouts.set(name, step.record);
    nextMs = Math.min(nextMs, step.nextMs);
    for (const { node, ports } of replicas) {
      const there = assignments.get(node)?.apps[name];
      const revision = step.revisions.get(node)!;
      // The ports are those of the revision that the replica has.
      const isSame = there?.revision === revision;
      wanted.get(node)![name] = isSame
        ? { revision, turn: there.turn, ports: there.ports }
        : { revision, turn: facts.turn, ports: [...ports] };
    }
    takeOutBeforeUpdate(name, replicas, facts, wanted);
  }
  keepUnreadable(apps, readable, assignments, wanted);
  keepLeaving(facts, placement.assignments, wanted);
  return { assignments: wanted, placement, rollouts, nextMs };
}

function rollOut(
  name: string,
  { document, revision }: { readonly document: AppDocument; readonly revision: number },
  replicas: readonly Replica[],
  { assignments, rollouts, legMs, stateOf, triesOf }: RegionFacts,
): RolloutStep {
  return rolloutStep({
    wanted: revision,
    settings: rolloutSettings.parse(document.rollout ?? {}),
    record: rollouts.get(name) ?? null,
    replicas: replicas.map(({ node }) => {
      const there = assignments.get(node)?.apps[name];
      // One that was to leave and stays is one that comes.
      const given = there === undefined || isLeaving(there.phase) ? null : there.revision;
      const state = stateOf(node, name);
      return { node, given, state: state?.turn === there?.turn ? state : null, tries: triesOf(name, node) };
    }),
    legMs: legMs(name),
  });
}

/**
 * What placement has to know of an app. Null where its document is not valid.
 * @param scaled replicas that were worked out, where the app has `scale`.
 */
export function placementApp(
  name: string,
  { app, placement, rollout, scale }: AppDocument,
  scaled?: number,
): PlacementApp | null {
  const settings = placementSettings.safeParse(placement ?? {}).data;
  if (!rolloutSettings.safeParse(rollout ?? {}).success) return null;
  const ports = Array.isArray(app["ports"])
    ? app["ports"].map((port) => listenAddress.safeParse(port).data?.port)
    : [];
  if (settings === undefined || ports.includes(undefined)) return null;
  const scaling = scale === undefined ? undefined : scaleSettings.safeParse(scale).data;
  if (scale !== undefined && scaling === undefined) return null;
  return {
    name,
    replicas: scaling === undefined
      ? settings.replicas
      : Math.min(scaling.max, Math.max(scaling.min, scaled ?? settings.replicas)),
    maxPerZone: settings.max_per_zone ?? null,
    requireLabels: settings.require_labels,
    spreadBy: settings.spread_by,
    ports: ports.map((port) => port === 0 ? "auto" : port!),
    connections: scaling?.target.connections ?? 0,
  };
}

/** Where apps are now; those that are leaving do not count. */
export function presentReplicas(assignments: RegionFacts["assignments"]): Assignments {
  const present = new Map<string, Replica[]>();
  for (const [node, { apps }] of assignments) {
    for (const [app, { ports, phase }] of Object.entries(apps)) {
      if (isLeaving(phase)) continue;
      const replicas = present.get(app) ?? [];
      replicas.push({ node, ports });
      present.set(app, replicas);
    }
  }
  return present;
}

/**
 * Before a replica gets another revision fronts give it up: nobody knows yet how it will do. The last one that serves stays
 * as it is until another one does. Also where no front is known to use it: one may be about to (see `FrontUses`).
 */
function takeOutBeforeUpdate(
  app: string,
  replicas: readonly Replica[],
  { assignments, isUsed, stateOf }: RegionFacts,
  wanted: ReadonlyMap<string, Record<string, AssignedApp>>,
): void {
  if (replicas.length === 1) return;
  const there = new Map(replicas.map(({ node }) => [node, assignments.get(node)?.apps[app]]));
  const serving = new Set(
    replicas.flatMap(({ node }) => serves(node, app, there.get(node), stateOf) ? [node] : []),
  );
  for (const { node } of replicas) {
    const now = there.get(node);
    const own = wanted.get(node)!;
    // One that was to leave, and is wanted again, may be used as well.
    if (now === undefined || now.revision === own[app]!.revision) continue;
    if ((now.phase === "updating" || now.phase === "closing") && !isUsed(node, app)) continue;
    const isLast = serving.has(node) && serving.size === 1;
    own[app] = {
      revision: now.revision,
      turn: now.turn,
      ports: now.ports,
      ...(isLast ? {} : { phase: "updating" } as const),
    };
    if (!isLast) serving.delete(node);
  }
}

/** Whether a replica is ready at the revision that it was given, and fronts may count on it. */
function serves(
  node: string,
  app: string,
  assigned: AssignedApp | undefined,
  stateOf: RegionFacts["stateOf"],
): boolean {
  const state = stateOf(node, app);
  return assigned?.phase === undefined && state?.state === "ready" && state.turn === assigned?.turn;
}

function isLeaving(phase: AssignedApp["phase"]): boolean {
  return phase === "waits" || phase === "closing";
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
  { nodes, assignments, stateOf, isUsed }: RegionFacts,
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
      const isReplaced = replicas.every((replica) =>
        serves(replica.node, app, wanted.get(replica.node)![app], stateOf)
      );
      if (isReplaced && assigned.phase === "closing" && !isUsed(node, app)) continue;
      own[app] = { ...assigned, phase: isReplaced ? "closing" : "waits" };
      for (const port of assigned.ports) taken.add(port);
    }
  }
}
