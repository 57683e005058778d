import { type Command, Option } from "commander";
import { isDeleted } from "../../region/store/bucket.ts";
import { StoreError } from "../../region/store/store_error.ts";
import { argument } from "../arguments.ts";
import type { Io } from "../io.ts";
import { byOption, regionCommand, type RegionFlags, tellRegion, withStore } from "./region_command.ts";

interface RollbackFlags extends RegionFlags {
  readonly to: number;
  readonly by: string;
}

/** `fproxy region rollback`: gives an app a former revision, as a new one. */
export function rollbackCommand(io: Io): Command {
  return regionCommand("rollback", "Gives an app what it was at a former revision")
    .argument("<app>", "name of the app")
    .addOption(
      new Option("--to <revision>", "revision, as `history` shows it").argParser(argument(parseRevision))
        .makeOptionMandatory(),
    )
    .addOption(byOption())
    .action(async (app: string, flags: RollbackFlags) => {
      Deno.exitCode = await withStore("rollback", flags, io, async (store) => {
        const { apps } = store;
        const former = await apps.at(app, flags.to);
        if (former.value === null) {
          const why = isDeleted(former) ? "it was deleted by then" : former.problem;
          throw new StoreError(
            "store_missing",
            `app "${app}" cannot go back to revision ${flags.to}: ${why}`,
          );
        }
        const now = await apps.get(app);
        const revision = await apps.write(app, { ...former.value, by: flags.by }, now?.revision ?? null);
        await tellRegion(store, flags.by, "region_applied", { app, change: "rolled_back", revision }, io);
        io.stdout(`${app}: as at revision ${flags.to}, revision ${revision}\n`);
        return 0;
      });
    });
}

function parseRevision(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new RangeError(`"${text}" is no revision`);
  return Number(text);
}
