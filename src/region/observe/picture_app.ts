import type {
  AppCondition,
  CellState,
  PictureApp,
  PictureReplica,
  PictureRollout,
  PictureScale,
} from "../../model/region_picture.ts";
import { placementApp } from "../leader/wanted_assignments.ts";
import type { AppDocument } from "../model/app_document.ts";
import { type ScaleSettings, scaleSettings } from "../model/app_settings.ts";
import { pictureReplica } from "./picture_replica.ts";
import type { SeenRegion } from "./seen_region.ts";

/** Where an app has to be carried: its name → nodes, in the order of names. */
export type Carriers = ReadonlyMap<string, readonly string[]>;

/** States that somebody has to do something about; the others come and go with changes. */
const ILL: ReadonlySet<CellState> = new Set(["unready", "invalid", "conflict", "gone"]);
/** It is on its way out: others are to be there in its place. */
const LEAVING: ReadonlySet<CellState> = new Set(["waits", "closing"]);
const UNDER_WAY: ReadonlySet<PictureRollout["leg"]> = new Set(["canary", "baking", "batches"]);

/** The picture of one app. */
export function pictureApp(name: string, carriers: Carriers, seen: SeenRegion): PictureApp {
  const stored = seen.apps.get(name);
  const replicas = (carriers.get(name) ?? []).map((node) =>
    pictureReplica(
      node,
      seen.assignments.get(node)!.value!.apps[name]!,
      seen.nodes.get(node)?.standing,
      seen.stateOf(node, name),
    )
  );
  const document = stored?.value ?? null;
  const placed = document === null
    ? null
    : placementApp(name, document, seen.scales.get(name)?.value?.replicas);
  const wanted = placed?.replicas ?? 0;
  const lacks = [
    ...(stored === undefined || placed !== null ? [] : [
      `its document cannot be used: ${stored.problem ?? "its placement, rollout or scale is not valid"}`,
    ]),
    ...missing(wanted, replicas),
  ];
  const rollout = stored === undefined ? null : pictureRollout(name, replicas, seen);
  const facts = { wanted, ready: replicas.filter(({ serving }) => serving).length, replicas, rollout };
  return {
    name,
    revision: stored?.revision ?? null,
    condition: conditionOf(facts, lacks.length > 0),
    ...facts,
    scale: document === null ? null : pictureScale(name, document, seen),
    trouble: [...lacks, ...replicas.flatMap(troubleOf)],
  };
}

function conditionOf(
  { wanted, ready, replicas, rollout }: Pick<PictureApp, "wanted" | "ready" | "replicas" | "rollout">,
  isLacking: boolean,
): AppCondition {
  if (wanted > 0 && ready === 0) return "down";
  const isTakenBack = rollout?.leg === "failed" || rollout?.leg === "rolled_back";
  if (isLacking || isTakenBack || replicas.some(({ state }) => ILL.has(state))) return "degraded";
  const isMoving = replicas.some(({ state }) => state !== "ready");
  return isMoving || rollout !== null && UNDER_WAY.has(rollout.leg) ? "changing" : "well";
}

function missing(wanted: number, replicas: readonly PictureReplica[]): string[] {
  const staying = replicas.filter(({ state }) => !LEAVING.has(state)).length;
  const count = wanted - staying;
  return count > 0 ? [`${count} of ${wanted} replicas ${count === 1 ? "has" : "have"} no node`] : [];
}

function troubleOf({ node, state, reason }: PictureReplica): string[] {
  return ILL.has(state) || state === "not_told" ? [`${node}: ${reason}`] : [];
}

function pictureRollout(
  name: string,
  replicas: readonly PictureReplica[],
  { rollouts }: SeenRegion,
): PictureRollout | null {
  const { value, at } = rollouts.get(name) ?? {};
  if (value === null || value === undefined) return null;
  const { leg, paused, from, to, reason } = value;
  const updated = replicas.filter(({ revision }) => revision === to).length;
  return { leg, paused, from, to, reason, updated, since: at!.toISOString() };
}

function pictureScale(name: string, { scale }: AppDocument, { scales }: SeenRegion): PictureScale | null {
  const settings = scale === undefined ? undefined : scaleSettings.safeParse(scale).data;
  if (settings === undefined) return null;
  const { value, at } = scales.get(name) ?? {};
  const facts = { min: settings.min, max: settings.max, target: targetText(settings) };
  if (value === null || value === undefined) return { ...facts, reason: "", since: null, held: null };
  const held = value.held === null
    ? null
    : { by: value.held.by, until: new Date(at!.getTime() + value.held.for_ms).toISOString() };
  return { ...facts, reason: value.reason, since: at!.toISOString(), held };
}

function targetText({ target }: ScaleSettings): string {
  const [name = "", value] = Object.entries(target).find(([, value]) => value !== undefined) ?? [];
  return `${name} ${value}`;
}
