import { TextWriter } from "../../control/telemetry/metrics/text_writer.ts";
import type { RolloutDocument } from "../model/documents.ts";
import { ROLLOUT_LEGS } from "../model/documents.ts";
import type { NodeStanding, PlacementNode, Unplaced } from "../model/placement.ts";
import type { RegionView } from "../view/region_view.ts";

const STANDINGS: readonly NodeStanding[] = ["ready", "cordoned", "draining", "gone"];

/** What a control plane counts of its own work. */
export interface ControlCounts {
  /** Whether it leads now. */
  isLeading: boolean;
  /** Times that it worked out what nodes have to carry, and the time that took in all. */
  looks: number;
  lookMs: number;
  /** Documents that it wrote, and those that somebody else had changed meanwhile. */
  writes: number;
  conflicts: number;
  /** Apps that were on fewer nodes than they want at the last look. */
  unplaced: readonly Unplaced[];
}

interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** Values of the label, and numbers; a metric without labels has one, of "". */
  readonly label: string | null;
  readonly values: readonly (readonly [label: string, value: number])[];
}

/** The metrics of a control, in the text format of Prometheus or as OpenMetrics. */
export function writeControlMetrics(
  counts: ControlCounts,
  view: RegionView,
  nodes: readonly PlacementNode[],
  isOpenMetrics: boolean,
): { readonly contentType: string; readonly body: string } {
  const writer = new TextWriter(isOpenMetrics);
  const body = metricsOf(counts, view, nodes).map((metric) => {
    const lines = metric.values.map(([label, value]) => ({
      labels: metric.label === null ? {} : { [metric.label]: label },
      value,
    }));
    return writer.write(metric, lines, true);
  });
  return { contentType: writer.contentType, body: body.join("") + writer.end };
}

function metricsOf(counts: ControlCounts, view: RegionView, nodes: readonly PlacementNode[]): Metric[] {
  const { assigned, ready } = replicas(view);
  const missing = counts.unplaced.reduce((all, one) => all + one.missing, 0);
  const legs = [...view.rollouts.values()].flatMap(({ value }) => value ?? []);
  return [
    single("gauge", "fproxy_region_leading", "Whether this control leads, 1 or 0.", Number(counts.isLeading)),
    {
      name: "fproxy_region_nodes",
      type: "gauge",
      help: "Nodes that were heard of, by how control sees them.",
      label: "standing",
      values: STANDINGS.map((one) => [one, nodes.filter(({ standing }) => standing === one).length]),
    },
    single("gauge", "fproxy_region_applied_apps", "Apps of the region.", view.apps.size),
    {
      name: "fproxy_region_replicas",
      type: "gauge",
      help: "Replicas that nodes are to carry, and those of them that serve.",
      label: "state",
      values: [["assigned", assigned], ["ready", ready]],
    },
    single("gauge", "fproxy_region_replicas_unplaced", "Replicas that no node takes.", missing),
    {
      name: "fproxy_region_rollouts",
      type: "gauge",
      help: "Apps by the leg that their last rollout is in.",
      label: "leg",
      values: ROLLOUT_LEGS.map((one) => [one, legs.filter(({ leg }: RolloutDocument) => leg === one).length]),
    },
    single(
      "counter",
      "fproxy_region_looks_total",
      "Times that this control worked everything out.",
      counts.looks,
    ),
    single("counter", "fproxy_region_look_seconds_total", "Time that this took.", counts.lookMs / 1_000),
    single("counter", "fproxy_region_writes_total", "Documents that this control wrote.", counts.writes),
    single(
      "counter",
      "fproxy_region_write_conflicts_total",
      "Documents that it did not write, since somebody else had meanwhile.",
      counts.conflicts,
    ),
  ];
}

function single(type: Metric["type"], name: string, help: string, value: number): Metric {
  return { name, type, help, label: null, values: [["", value]] };
}

function replicas(view: RegionView): { readonly assigned: number; readonly ready: number } {
  let [assigned, ready] = [0, 0];
  for (const [node, { value }] of view.assignments) {
    for (const app of Object.keys(value?.apps ?? {})) {
      assigned++;
      if (view.stateOf(node, app)?.state === "ready") ready++;
    }
  }
  return { assigned, ready };
}
