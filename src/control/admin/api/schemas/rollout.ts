import * as z from "zod";
import type { RolloutEntry } from "../../../rollouts/rollout.ts";
import { keptRolloutView, viewKeptRollout } from "../../../rollouts/rollout_json.ts";

/** All of a rollout. */
export const wholeRolloutView = keptRolloutView.extend({
  draining_now: z.int().nonnegative().describe(
    "Sessions of `receipt.sessions.draining` that still run: at 0 nothing changes any more.",
  ),
}).meta({ id: "WholeRollout" });

/** One of {@link wholeRolloutView}. */
export type WholeRollout = z.output<typeof wholeRolloutView>;

/** What is shown of a rollout besides what is kept of it. */
export interface RolloutSight {
  /** Sessions of it that still drain. */
  readonly drainingNow: number;
  /** Whether lines of the config may be shown: they may hold secrets. */
  readonly showsLines: boolean;
}

/** Shows all of it. */
export function viewWholeRollout(
  entry: RolloutEntry,
  { drainingNow, showsLines }: RolloutSight,
): z.input<typeof wholeRolloutView> {
  const view = viewKeptRollout(entry);
  const diagnostics = showsLines ? view.diagnostics : view.diagnostics.map(withoutLines);
  return { ...view, diagnostics, draining_now: drainingNow };
}

type DiagnosticView = z.input<typeof wholeRolloutView>["diagnostics"][number];

function withoutLines(diagnostic: DiagnosticView): DiagnosticView {
  const { place, related } = diagnostic;
  return {
    ...diagnostic,
    place: place === null ? null : { ...place, ...NO_LINE },
    related: related.map((one) => ({ ...one, place: { ...one.place, ...NO_LINE } })),
  };
}

const NO_LINE = { excerpt: "", indent: 0, width: 0 };
