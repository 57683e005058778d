import type { RegionTeller } from "../events/region_log.ts";
import type { PlacementChange } from "../model/placement.ts";

/** More changes of one look than these are told as numbers: a node's loss moves thousands. */
const MOST_TOLD = 50;

/** Tells what was placed and taken away. */
export function tellPlacement(log: RegionTeller, changes: readonly PlacementChange[]): void {
  const isMany = changes.length > MOST_TOLD;
  for (const change of changes) {
    const { kind, app, node } = change;
    const reason = reasonOf(change);
    const fields = { change: kind, app, node, ...(reason === undefined ? {} : { reason }) };
    if (isMany) log.debug("region_placed", fields);
    else log.info("region_placed", fields);
  }
  if (!isMany) return;
  const count = (one: PlacementChange["kind"]): number => changes.filter(({ kind }) => kind === one).length;
  log.info("region_placed_many", { added: count("add"), removed: count("remove") });
}

function reasonOf(change: PlacementChange): string | undefined {
  if (change.kind === "remove") return change.reason;
  return change.kind === "add" ? change.replaces?.reason : undefined;
}
