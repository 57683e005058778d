import type { Command } from "commander";
import { formatDiagnostics, loadApps, type LoadedApp, processEnvironment } from "../../control/config/mod.ts";
import { readConfigFile } from "../../control/config/read_file.ts";
import { unreadable } from "../../control/config/load.ts";
import { STRATEGY_NAMES } from "../../model/config_strategy.ts";
import { apply, type AppOutcome } from "../../region/apply/apply.ts";
import { type AppStep, planApply } from "../../region/apply/apply_plan.ts";
import { makeAppDocument } from "../../region/model/app_document.ts";
import { APP_EXTRAS } from "../../region/model/app_settings.ts";
import type { Io } from "../io.ts";
import { changeRows } from "../operator/change_rows.ts";
import { formatTable } from "../table.ts";
import { byOption, regionCommand, type RegionFlags, tellRegion, withStore } from "./region_command.ts";

interface ApplyFlags extends RegionFlags {
  readonly file: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly by: string;
}

/** `fproxy region apply`: writes the apps of a file into the store, those alone that are others than before. */
export function applyCommand(io: Io): Command {
  return regionCommand("apply", "Gives a region the apps of a file, after showing what that changes")
    .requiredOption(
      "-f, --file <file>",
      "apps, as in a config, with `placement`, `rollout` and `scale` besides",
    )
    .option("--prune", "deletes the apps that the file does not have")
    .option("--dry-run", "only shows what it would change")
    .addOption(byOption())
    .action(async (flags: ApplyFlags) => {
      Deno.exitCode = await applyFile(flags, io);
    });
}

/** @returns exit code: 0 when all is as the file says, 1 where something failed, 2 where the file is not valid. */
async function applyFile(flags: ApplyFlags, io: Io): Promise<number> {
  const apps = await readApps(flags.file, io);
  if (apps === null) return 2;
  const documents = apps.map(({ written, extras }) => makeAppDocument(written, extras, flags.by));
  return await withStore("apply", flags, io, async (store) => {
    const steps = planApply(documents, await store.apps.all(), flags.prune === true);
    showPlan(steps, io);
    if (flags.dryRun === true) return 0;
    let failed = 0;
    const done: AppOutcome[] = [];
    await apply(steps, store.apps, (outcome) => {
      const { step, revision, failure } = outcome;
      if (failure === null) done.push(outcome);
      if (failure === null) {
        io.stdout(`${step.app}: ${step.kind}${revision === null ? "" : `, revision ${revision}`}\n`);
      } else io.stderr(`${failure.message}\n`);
      if (failure !== null) failed++;
    });
    for (const { step: { app, kind }, revision } of done) {
      const fields = { app, change: kind, ...(revision === null ? {} : { revision }) };
      await tellRegion(store, flags.by, "region_applied", fields, io);
    }
    if (failed > 0) io.stderr(`${failed} of the apps are as they were: run it again to see what is left\n`);
    return failed > 0 ? 1 : 0;
  });
}

/** Null where the file is not valid, which is told. */
async function readApps(file: string, io: Io): Promise<readonly LoadedApp[] | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readConfigFile(file);
  } catch (error) {
    io.stderr(`${formatDiagnostics([unreadable(file, error)], io.color)}\n`);
    return null;
  }
  const result = await loadApps(bytes, processEnvironment, { file, strategies: STRATEGY_NAMES }, APP_EXTRAS);
  const diagnostics = result.ok ? result.warnings : result.diagnostics;
  if (diagnostics.length > 0) io.stderr(`${formatDiagnostics(diagnostics, io.color)}\n`);
  return result.ok ? result.apps : null;
}

function showPlan(steps: readonly AppStep[], io: Io): void {
  const changes = steps.filter(({ kind }) => kind !== "kept");
  const apps = changes.map(({ app, kind, options }) => ({ app, change: kind, options }));
  const rows = changeRows({ options: [], apps, targets: [] });
  if (rows.length > 0) io.stdout(formatTable(rows, io.isTerminal ? io.columns : Infinity));
  const count = (kind: AppStep["kind"]): number => steps.filter((step) => step.kind === kind).length;
  io.stdout(
    `${count("added")} added, ${count("changed")} changed, ${count("removed")} removed, ${
      count("kept")
    } as they are\n`,
  );
}
