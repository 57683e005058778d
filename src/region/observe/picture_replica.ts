import type { CellState, PictureReplica } from "../../model/region_picture.ts";
import type { AssignedApp, StateDocument } from "../model/documents.ts";
import type { NodeStanding } from "../model/placement.ts";

const PHASE_REASONS: Readonly<Record<NonNullable<AssignedApp["phase"]>, string>> = {
  waits: "it leaves when those that take its place are ready",
  closing: "it leaves when no front uses it any more",
  updating: "it gets another revision when no front uses it any more",
};

/**
 * How an app is on a node that has to carry it.
 * @param standing of the node; undefined for one that was never heard of.
 * @param said what the node said of it; null where it said nothing.
 */
export function pictureReplica(
  node: string,
  { revision, turn, ports, phase }: AssignedApp,
  standing: NodeStanding | undefined,
  said: StateDocument | null,
): PictureReplica {
  // What was said of a former turn says nothing of this one.
  const state = said?.turn === turn ? said : null;
  const of = (state: CellState, reason: string, serving: boolean): PictureReplica => ({
    node,
    state,
    reason,
    serving,
    revision,
    ports,
  });
  // Whether it is there at all, and what is going to happen with it, count for more than what it said.
  if (standing === undefined || standing === "gone") return of("gone", "its node is gone", false);
  if (phase !== undefined) {
    return of(phase, PHASE_REASONS[phase], phase === "waits" && state?.state === "ready");
  }
  if (state === null) return of("not_told", `it has not told yet of revision ${revision}`, false);
  return of(state.state, state.reason, state.state === "ready");
}
