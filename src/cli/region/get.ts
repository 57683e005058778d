import type { Command } from "commander";
import { formatYaml } from "../../control/config/mod.ts";
import { type AppDocument, contentOf } from "../../region/model/app_document.ts";
import { placementSettings } from "../../region/model/app_settings.ts";
import { isDeleted, type Stored } from "../../region/store/bucket.ts";
import { StoreError } from "../../region/store/store_error.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import { regionCommand, type RegionFlags, withStore } from "./region_command.ts";

interface GetFlags extends RegionFlags {
  readonly json?: boolean;
}

const HEADER = ["APP", "REPLICAS", "PORTS", "TARGETS", "REVISION", "WRITTEN", "BY"];

/** `fproxy region get`: the apps of a region, or one as a file that `apply` takes. */
export function getCommand(io: Io): Command {
  return regionCommand("get", "Shows the apps of a region, or one of them as a file")
    .argument("[app]", "the app to show")
    .option("--json", "prints JSON, for programs")
    .action(async (app: string | undefined, flags: GetFlags) => {
      Deno.exitCode = await withStore("get", flags, io, async (store) => {
        if (app === undefined) {
          const all = [...(await store.apps.all()).values()].sort((a, b) => a.name < b.name ? -1 : 1);
          if (flags.json === true) io.stdout(`${JSON.stringify(all, null, 2)}\n`);
          else io.stdout(formatTable([HEADER, ...all.map(row)], io.isTerminal ? io.columns : Infinity));
          return 0;
        }
        const stored = await store.apps.get(app);
        if (stored === null || isDeleted(stored)) {
          throw new StoreError("store_missing", `there is no app "${app}"`);
        }
        if (flags.json === true) io.stdout(`${JSON.stringify(stored, null, 2)}\n`);
        else io.stdout(fileOf(stored));
        return 0;
      });
    });
}

/** A file that holds this app alone. @throws {StoreError} where the document cannot be read. */
export function fileOf({ name, value, problem }: Stored<AppDocument>): string {
  if (value === null) {
    throw new StoreError("store_failed", `app "${name}" cannot be read: ${problem ?? "it is deleted"}`);
  }
  const { app, ...extras } = contentOf(value);
  return formatYaml({ apps: [{ ...(app as object), ...extras }] });
}

function row({ name, value, problem, revision, at }: Stored<AppDocument>): string[] {
  const written = `${at.toISOString().slice(0, 19)}Z`;
  if (value === null) return [name, "", problem ?? "", "", String(revision), written, ""];
  const { ports, targets } = value.app as { readonly ports?: unknown; readonly targets?: unknown };
  return [
    name,
    String(placementSettings.safeParse(value.placement ?? {}).data?.replicas ?? ""),
    Array.isArray(ports) ? ports.join(" ") : "",
    Array.isArray(targets) ? String(targets.length) : "",
    String(revision),
    written,
    value.by,
  ];
}
