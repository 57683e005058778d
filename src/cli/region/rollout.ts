import { Command } from "commander";
import type { RolloutDocument } from "../../region/model/documents.ts";
import type { Stored } from "../../region/store/bucket.ts";
import type { RegionStore } from "../../region/store/region_store.ts";
import { StoreError } from "../../region/store/store_error.ts";
import type { Io } from "../io.ts";
import { formatTable } from "../table.ts";
import { byOption, regionCommand, type RegionFlags, tellRegion, withStore } from "./region_command.ts";

interface ChangeFlags extends RegionFlags {
  readonly by: string;
}

/** `fproxy region rollout`: how new revisions of apps come to their replicas, and a hand on them. */
export function rolloutCommand(io: Io): Command {
  return new Command("rollout")
    .helpCommand("help [command]", "shows the help of a command")
    .description("Shows how new revisions of apps come to their replicas, stops and undoes them")
    .addCommand(statusCommand(io))
    .addCommand(
      changeCommand(io, "pause", "Lets a rollout go no further", (record) => ({ ...record, paused: true })),
    )
    .addCommand(
      changeCommand(
        io,
        "resume",
        "Lets a rollout go on, or begin anew where it failed or was undone",
        resumed,
      ),
    )
    .addCommand(changeCommand(io, "undo", "Gives all replicas the revision before", undone));
}

function statusCommand(io: Io): Command {
  return regionCommand("status", "Shows the last rollout of each app, or of one")
    .argument("[app]", "name of the app")
    .action(async (app: string | undefined, flags: RegionFlags) => {
      Deno.exitCode = await withStore("rollout status", flags, io, async ({ rollouts }) => {
        const all = [...(await rollouts.all()).values()].filter(({ name }) =>
          app === undefined || name === app
        );
        if (app !== undefined && all.length === 0) {
          throw new StoreError("store_missing", `there is no rollout of an app "${app}"`);
        }
        const header = ["APP", "LEG", "FROM", "TO", "WRITTEN", "REASON"];
        const rows = all.sort((a, b) => a.name < b.name ? -1 : 1).map(row);
        io.stdout(formatTable([header, ...rows], io.isTerminal ? io.columns : Infinity));
        return 0;
      });
    });
}

function row({ name, value, problem, at }: Stored<RolloutDocument>): string[] {
  const written = `${at.toISOString().slice(0, 19)}Z`;
  if (value === null) return [name, "", "", "", written, problem ?? ""];
  const { leg, from, to, reason, paused } = value;
  return [
    name,
    paused ? `${leg}, paused` : leg,
    from === null ? "-" : String(from),
    String(to),
    written,
    reason,
  ];
}

function changeCommand(
  io: Io,
  name: string,
  description: string,
  change: (record: RolloutDocument, by: string) => RolloutDocument,
): Command {
  return regionCommand(name, description)
    .argument("<app>", "name of the app")
    .addOption(byOption())
    .action(async (app: string, flags: ChangeFlags) => {
      Deno.exitCode = await withStore(`rollout ${name}`, flags, io, async (store) => {
        const record = await changeRecord(store.rollouts, app, (one) => change(one, flags.by));
        await tellRegion(store, flags.by, "region_rollout_steered", { app, change: name }, io);
        io.stdout(`${app}: ${record.leg}${record.paused ? ", paused" : ""}\n`);
        return 0;
      });
    });
}

/** Control may write at the same time: then it is tried again with what that wrote. */
async function changeRecord(
  rollouts: RegionStore["rollouts"],
  app: string,
  change: (record: RolloutDocument) => RolloutDocument,
): Promise<RolloutDocument> {
  for (let left = 5;; left--) {
    const stored = await rollouts.get(app);
    if (stored?.value === null || stored?.value === undefined) {
      throw new StoreError("store_missing", `there is no rollout of an app "${app}"`);
    }
    const record = change(stored.value);
    try {
      await rollouts.write(app, record, stored.revision);
      return record;
    } catch (error) {
      if (left === 0 || !(error instanceof StoreError) || error.code !== "store_conflict") throw error;
    }
  }
}

function resumed(record: RolloutDocument): RolloutDocument {
  const isOver = record.leg === "failed" || record.leg === "rolled_back";
  return { ...record, paused: false, ...(isOver ? { leg: "canary", reason: "" } as const : {}) };
}

/** @throws {StoreError} where there is nothing to go back to. */
function undone(record: RolloutDocument, by: string): RolloutDocument {
  if (record.from === null) {
    throw new StoreError("store_missing", "it is the first revision: there is none before");
  }
  return { ...record, leg: "rolled_back", reason: `undone by ${by}`, paused: false };
}
