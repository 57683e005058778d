import type { Command } from "commander";
import { isDeleted } from "../../region/store/bucket.ts";
import { StoreError } from "../../region/store/store_error.ts";
import type { Io } from "../io.ts";
import { byOption, regionCommand, type RegionFlags, tellRegion, withStore } from "./region_command.ts";

interface DeleteFlags extends RegionFlags {
  readonly by: string;
}

/** `fproxy region delete`: takes an app out of the region; its history stays. */
export function deleteCommand(io: Io): Command {
  return regionCommand("delete", "Takes an app out of a region")
    .argument("<app>", "name of the app")
    .addOption(byOption())
    .action(async (app: string, flags: DeleteFlags) => {
      Deno.exitCode = await withStore("delete", flags, io, async (store) => {
        const { apps } = store;
        const now = await apps.get(app);
        if (now === null || isDeleted(now)) throw new StoreError("store_missing", `there is no app "${app}"`);
        await apps.remove(app, now.revision);
        await tellRegion(store, flags.by, "region_applied", { app, change: "removed" }, io);
        io.stdout(`${app}: deleted; \`rollback --to ${now.revision}\` brings it back\n`);
        return 0;
      });
    });
}
