import type { Command } from "commander";
import { isDeleted } from "../../region/store/bucket.ts";
import { StoreError } from "../../region/store/store_error.ts";
import type { Io } from "../io.ts";
import { regionCommand, type RegionFlags, withStore } from "./region_command.ts";

/** `fproxy region delete`: takes an app out of the region; its history stays. */
export function deleteCommand(io: Io): Command {
  return regionCommand("delete", "Takes an app out of a region")
    .argument("<app>", "name of the app")
    .action(async (app: string, flags: RegionFlags) => {
      Deno.exitCode = await withStore("delete", flags, io, async ({ apps }) => {
        const now = await apps.get(app);
        if (now === null || isDeleted(now)) throw new StoreError("store_missing", `there is no app "${app}"`);
        await apps.remove(app, now.revision);
        io.stdout(`${app}: deleted; \`rollback --to ${now.revision}\` brings it back\n`);
        return 0;
      });
    });
}
