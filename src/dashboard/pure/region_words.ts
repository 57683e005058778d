import type {
  AppCondition,
  CellState,
  NodeStanding,
  RegionApp,
  RegionNode,
  RegionRollout,
} from "../api/region.ts";
import type { Severity } from "./reasons.ts";

/** States of cells with what they mean, in the order of the legend. */
export const CELL_MEANINGS: Readonly<Record<CellState, string>> = {
  ready: "serves",
  unready: "does not serve, or with too few targets",
  invalid: "its config is not valid there",
  conflict: "another app has its address",
  waits: "leaves when another one has its place",
  closing: "leaves when no front uses it",
  updating: "changes when no front uses it",
  not_told: "its node has not told yet",
  gone: "its node is gone",
};

/** How bad a cell is. */
export const CELL_SEVERITIES: Readonly<Record<CellState, Severity>> = {
  ready: "well",
  unready: "bad",
  invalid: "bad",
  conflict: "bad",
  waits: "planned",
  closing: "planned",
  updating: "planned",
  not_told: "warn",
  gone: "bad",
};

/** How bad an app's condition is. */
export const CONDITION_SEVERITIES: Readonly<Record<AppCondition, Severity>> = {
  down: "bad",
  degraded: "warn",
  changing: "planned",
  well: "well",
};

/** How bad a node's standing is. */
export const STANDING_SEVERITIES: Readonly<Record<NodeStanding, Severity>> = {
  ready: "well",
  cordoned: "planned",
  draining: "planned",
  gone: "bad",
};

/** How bad it is with a node: one that is there may still carry what does not serve. */
export function severityOfNode({ standing, ready, carried }: RegionNode): Severity {
  const severity = STANDING_SEVERITIES[standing];
  return severity === "well" && ready < carried ? "warn" : severity;
}

/** Legs that a change goes through when all is well. */
export const LEGS = ["canary", "baking", "batches", "done"] as const;

/** One step of a rollout as it is drawn. */
export interface Step {
  readonly name: string;
  readonly state: "past" | "now" | "ahead" | "failed";
}

/** A rollout as steps. Where it was taken back nobody wrote down how far it had come, so that only its end is told. */
export function stepsOf({ leg, paused }: Pick<RegionRollout, "leg" | "paused">): Step[] {
  if (leg === "failed" || leg === "rolled_back") {
    return [
      ...LEGS.slice(0, -1).map((name): Step => ({ name, state: "ahead" })),
      { name: leg === "failed" ? "failed" : "rolled back", state: "failed" },
    ];
  }
  const at = LEGS.indexOf(leg);
  return LEGS.map((name, index): Step => ({
    name: index === at && paused ? `${name}, paused` : name,
    state: index < at || leg === "done" ? "past" : index === at ? "now" : "ahead",
  }));
}

/** Rollouts that somebody may want to see, those that need attention first; of those that are done the last few. */
export function rolloutsShown(apps: readonly RegionApp[], lastDone: number): RegionApp[] {
  const all = apps.filter(({ rollout }) => rollout !== null);
  const open = all.filter(({ rollout }) => rollout!.leg !== "done");
  const isTakenBack = ({ rollout }: RegionApp): boolean =>
    rollout!.leg === "failed" || rollout!.leg === "rolled_back";
  const newest = (a: RegionApp, b: RegionApp): number => b.rollout!.since < a.rollout!.since ? -1 : 1;
  // What is new everywhere at once went through no legs.
  const done = all.filter(({ rollout }) => rollout!.leg === "done" && rollout!.from !== null);
  return [
    ...open.filter((app) => !isTakenBack(app)).sort(newest),
    ...open.filter(isTakenBack).sort(newest),
    ...done.sort(newest).slice(0, lastDone),
  ];
}
