import type { Command } from "commander";
import { type OptionChange, optionChanges } from "../../control/changes/option_changes.ts";
import { type AppDocument, contentOf } from "../../region/model/app_document.ts";
import { isDeleted, type Stored } from "../../region/store/bucket.ts";
import { StoreError } from "../../region/store/store_error.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import { regionCommand, type RegionFlags, withStore } from "./region_command.ts";

const HEADER = ["REVISION", "WRITTEN", "BY", "WHAT"];

/** `fproxy region history`: the revisions of an app that the region remembers. */
export function historyCommand(io: Io): Command {
  return regionCommand("history", "Shows who changed an app, when and in what")
    .argument("<app>", "name of the app")
    .action(async (app: string, flags: RegionFlags) => {
      Deno.exitCode = await withStore("history", flags, io, async (store) => {
        const revisions = await store.apps.history(app);
        if (revisions.length === 0) throw new StoreError("store_missing", `there never was an app "${app}"`);
        const rows = revisions.map((one, at) => row(one, revisions[at - 1]));
        io.stdout(formatTable([HEADER, ...rows], io.isTerminal ? io.columns : Infinity));
        return 0;
      });
    });
}

function row(stored: Stored<AppDocument>, before: Stored<AppDocument> | undefined): string[] {
  const { revision, at, value } = stored;
  return [String(revision), `${at.toISOString().slice(0, 19)}Z`, value?.by ?? "-", what(stored, before)];
}

function what(stored: Stored<AppDocument>, before: Stored<AppDocument> | undefined): string {
  if (isDeleted(stored)) return "deleted";
  if (stored.value === null) return `cannot be read: ${stored.problem}`;
  if (before === undefined) return "first that is remembered";
  if (before.value === null) return isDeleted(before) ? "added again" : "written anew";
  const changes = optionChanges(contentOf(before.value), contentOf(stored.value));
  return changes.length === 0 ? "nothing" : changes.map(pathOf).join(", ");
}

function pathOf({ path }: OptionChange): string {
  return path.replace(/^app\./, "");
}
