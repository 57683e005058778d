import type { Command } from "commander";
import { systemClock } from "../../base/clock.ts";
import type { RegionPicture } from "../../model/region_picture.ts";
import { RegionObserver } from "../../region/observe/region_observer.ts";
import type { RegionStore } from "../../region/store/region_store.ts";
import type { Io } from "../io.ts";
import { pictureText } from "./picture_text.ts";
import { regionCommand, type RegionFlags, withStore } from "./region_command.ts";

/** `fproxy region status`: who leads, the nodes and what they carry, the apps and how many of their replicas serve, fronts. */
export function statusCommand(io: Io): Command {
  return regionCommand("status", "Shows the nodes of a region, its apps, and how they are")
    .action(async (flags: RegionFlags) => {
      Deno.exitCode = await withStore("status", flags, io, async (store, { region }) => {
        io.stdout(pictureText(await pictureNow(region, store), io.isTerminal ? io.columns : Infinity));
        return 0;
      });
    });
}

async function pictureNow(region: string, store: RegionStore): Promise<RegionPicture> {
  const observer = new RegionObserver(region, systemClock);
  try {
    await observer.follow(store);
    return observer.picture();
  } finally {
    await observer.close();
  }
}
