import * as z from "zod";
import { isoTime } from "../../../overrides/override_json.ts";
import type { RolloutEntry } from "../../../rollouts/rollout_log.ts";
import { diagnosticView, viewDiagnostics } from "./diagnostic.ts";

const RESULTS = [
  "applied",
  "refused",
  "failed",
  "waiting",
  "superseded",
] as const satisfies readonly RolloutEntry[
  "result"
][];

/** What became of a config. */
export const rolloutResult = z.enum(RESULTS).describe(
  "`applied`: in force. `refused`: it has a mistake. `failed`: it could not be taken over. `waiting`: there is no room " +
    "for it yet, it is tried again. `superseded`: a newer one came before its turn.",
);

/** A rollout without its diagnostics. */
export const rolloutView = z.strictObject({
  number: z.int().describe("From 1 since the start of the program."),
  source: z.string(),
  hash: z.string().describe("SHA-256 of the text; empty where there is no text."),
  result: rolloutResult,
  revision: z.int().nullable().describe("Under which it is in force."),
  started_at: z.string(),
  duration_ms: z.int(),
  added: z.array(z.string()).describe("Names of apps."),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
  error: z.string().describe("Why it failed; empty where it did not."),
}).meta({ id: "Rollout" });

/** All of it. */
export const wholeRolloutView = rolloutView.extend({ diagnostics: z.array(diagnosticView) })
  .meta({ id: "WholeRollout" });

/** One of {@link wholeRolloutView}. */
export type WholeRollout = z.output<typeof wholeRolloutView>;

/** Shows a rollout without its diagnostics. */
export function viewRollout(entry: RolloutEntry): z.input<typeof rolloutView> {
  const { number, source, hash, result, revision, error, added, changed, removed } = entry;
  return {
    number,
    source,
    hash,
    result,
    revision,
    started_at: isoTime(entry.startedAt),
    duration_ms: entry.durationMs,
    added: [...added],
    changed: [...changed],
    removed: [...removed],
    error,
  };
}

/** Shows all of it. */
export function viewWholeRollout(entry: RolloutEntry): z.input<typeof wholeRolloutView> {
  return { ...viewRollout(entry), diagnostics: viewDiagnostics(entry.diagnostics) };
}
