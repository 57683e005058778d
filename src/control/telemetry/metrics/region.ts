import type { RegionStanding } from "../../../model/region_standing.ts";
import type { Family, Sample } from "./family.ts";

/** How the proxy stands with its region. Without one there are no series. */
export const REGION_METRICS: readonly Family[] = [
  ofRegion(
    "gauge",
    "fproxy_region_connected",
    "Whether the region's store answered when it was asked last, 1 or 0.",
    [],
    ({ isLinked }) => [{ labels: {}, value: Number(isLinked) }],
  ),
  ofRegion(
    "counter",
    "fproxy_region_disconnects_total",
    "Times that the connection to the region's store was lost.",
    [],
    ({ lostLinks }) => [{ labels: {}, value: lostLinks }],
  ),
  ofRegion(
    "gauge",
    "fproxy_region_epoch",
    "Of the last leader of the region's control that this node obeyed.",
    [],
    ({ epoch }) => [{ labels: {}, value: epoch }],
  ),
  ofRegion(
    "gauge",
    "fproxy_region_apps",
    "Apps of the region that this node carries, by how they are.",
    ["state"],
    ({ apps }) => Object.entries(apps).map(([state, value]) => ({ labels: { state }, value })),
  ),
  ofRegion(
    "gauge",
    "fproxy_region_replicas_used",
    "Replicas of an app of the region that this front sends connections to.",
    ["app"],
    ({ uses }) => Object.entries(uses).map(([app, value]) => ({ labels: { app }, value })),
  ),
];

function ofRegion(
  type: "counter" | "gauge",
  name: string,
  help: string,
  labels: readonly string[],
  read: (standing: RegionStanding) => Sample[],
): Family {
  return {
    type,
    name,
    help,
    labels,
    collect: ({ source }) => {
      const standing = source.region();
      return standing === null ? [] : read(standing);
    },
  };
}
