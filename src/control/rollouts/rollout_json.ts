import * as z from "zod";
import { ROLLOUT_DIAGNOSTICS_KEPT } from "../../base/limits.ts";
import { diagnosticView, viewDiagnostics } from "../admin/api/schemas/diagnostic.ts";
import type { Diagnostic } from "../config/diagnostic.ts";
import { changeView } from "../changes/change_schema.ts";
import { isoTime } from "../overrides/override_json.ts";
import { ROLLOUT_CAUSES, ROLLOUT_RESULTS, type RolloutEntry } from "./rollout.ts";

/** What became of a config. */
export const rolloutResult = z.enum(ROLLOUT_RESULTS).describe(
  "`applied`: in force. `refused`: it has a mistake. `failed`: it could not be taken over. `waiting`: there is no room " +
    "for it yet, it is tried again. `superseded`: a newer one came before its turn.",
);

const count = z.int().nonnegative();

/** What a rollout did. */
export const receiptView = z.strictObject({
  sessions: z.strictObject({
    kept: count.describe("They go on as they are."),
    draining: count.describe("Their app, port or target is gone: they may run on for `drain_timeout`."),
    cut: count.describe("The same, with a `drain_timeout` of 0s: they were ended."),
  }).describe("Those that were open, and did not drain already, when the data threads took the config over."),
  listeners: z.strictObject({
    kept: count,
    opened: count,
    closed: count,
    failed: count.describe("They were to be opened and could not be bound; they are tried again."),
  }),
  threads_missing: count.describe("Data threads that did not tell of their sessions in time."),
}).meta({ id: "RolloutReceipt" });

/** A rollout without its diagnostics and what it changed. */
export const rolloutView = z.strictObject({
  number: z.int().positive().describe(
    "From 1 since the start of the program; with `state_dir` it goes on over restarts.",
  ),
  cause: z.enum(ROLLOUT_CAUSES).describe(
    "Why the config was looked at: `start`, `file` (it has changed), `signal` (SIGHUP), `api`, or `room` (it had waited " +
      "for room).",
  ),
  source: z.string().describe("Where it comes from, for people."),
  hash: z.string().describe("SHA-256 of the text; empty where there is no text."),
  result: rolloutResult,
  revision: z.int().nullable().describe(
    "Under which it is in force; counted since the start of the program.",
  ),
  started_at: z.iso.datetime(),
  duration_ms: z.int().nonnegative(),
  added: z.array(z.string()).describe("Names of apps."),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
  receipt: receiptView.nullable().describe("Null where it is not in force."),
  error: z.string().describe("Why it failed; empty where it did not."),
}).meta({ id: "Rollout" });

/** All that is kept of one. */
export const keptRolloutView = rolloutView.extend({
  base: z.int().positive().nullable().describe("The rollout whose config was in force before."),
  change: changeView.nullable().describe("What it changed; null where it is not in force."),
  changes_left_out: count.describe("Options, apps and targets that are missing in `change`: it keeps 1,000."),
  diagnostics: z.array(diagnosticView),
});

const stored = z.strictObject({ version: z.literal(1), rollout: keptRolloutView });

/** Shows a rollout without its diagnostics and what it changed. */
export function viewRollout(entry: RolloutEntry): z.input<typeof rolloutView> {
  const { number, cause, source, hash, result, revision, receipt, error } = entry;
  return {
    number,
    cause,
    source,
    hash,
    result,
    revision,
    started_at: isoTime(entry.startedAt),
    duration_ms: entry.durationMs,
    added: [...entry.added],
    changed: [...entry.changed],
    removed: [...entry.removed],
    receipt,
    error,
  };
}

/** Shows all that is kept of one. */
export function viewKeptRollout(entry: RolloutEntry): z.input<typeof keptRolloutView> {
  return {
    ...viewRollout(entry),
    base: entry.base,
    // Its lists are only read.
    change: entry.change as z.input<typeof changeView> | null,
    changes_left_out: entry.changesLeftOut,
    diagnostics: viewDiagnostics(entry.diagnostics),
  };
}

/** A rollout as text for the disk, a line. */
export function rolloutRecord(entry: RolloutEntry): string {
  const { diagnostics, ...rest } = viewKeptRollout(entry);
  const rollout = { ...rest, diagnostics: diagnostics.slice(0, ROLLOUT_DIAGNOSTICS_KEPT) };
  return `${JSON.stringify({ version: 1, rollout } satisfies z.input<typeof stored>)}\n`;
}

/** Reads such a text. @param number that it must have. @throws {Error} saying what is wrong with it. */
export function parseRecord(text: string, number: number): RolloutEntry {
  const { success, data, error } = stored.safeParse(JSON.parse(text));
  if (!success) {
    const [issue] = error.issues;
    throw new Error(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { started_at, duration_ms, changes_left_out, ...rest } = data.rollout;
  if (rest.number !== number) throw new Error(`it is of rollout ${rest.number}`);
  return {
    ...rest,
    // Another version of the program may have had other codes: they are only shown.
    diagnostics: rest.diagnostics as readonly Diagnostic[],
    startedAt: Date.parse(started_at),
    durationMs: duration_ms,
    changesLeftOut: changes_left_out,
  };
}
