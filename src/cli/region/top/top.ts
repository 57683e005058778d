import type { Command } from "commander";
import { systemClock } from "../../../base/clock.ts";
import { FproxyError } from "../../../base/errors.ts";
import type { RegionAccess } from "../../../model/config_region.ts";
import { RegionWatch } from "../../../region/observe/region_watch.ts";
import { RegionStore } from "../../../region/store/region_store.ts";
import { painter } from "../../drawing/paint.ts";
import type { Io } from "../../io.ts";
import { hasKeys } from "../../terminal/keys.ts";
import { LiveScreen } from "../../terminal/live_screen.ts";
import { pictureText } from "../picture_text.ts";
import { readAccess, regionCommand, type RegionFlags } from "../region_command.ts";
import { regionLines } from "./region_lines.ts";
import { RegionModel } from "./region_model.ts";

/** `fproxy region top`: a region live over the whole screen; where that is no terminal, as it is now. */
export function topCommand(io: Io): Command {
  return regionCommand("top", "Shows a region live, over the whole screen: apps, nodes, how each is on each")
    .action(async ({ region: path }: RegionFlags) => {
      const access = await readAccess(path, io);
      Deno.exitCode = access === null ? 2 : await watch(access, io);
    });
}

/** @returns exit code: 0 when the user has seen enough, 1 where the store cannot be reached and nothing was seen. */
async function watch(access: RegionAccess, io: Io): Promise<number> {
  const region = new RegionWatch({ clock: systemClock, openStore: RegionStore.open });
  region.configure(access);
  try {
    if (io.canRedraw && hasKeys()) await live(region, io);
    else await once(region, io);
    return 0;
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    io.stderr(`top: ${error.message}\n`);
    return 1;
  } finally {
    await region.close();
  }
}

async function once(region: RegionWatch, io: Io): Promise<void> {
  const look = await region.follow()?.next() ?? null;
  if (look?.picture === null || look?.picture === undefined) {
    throw new FproxyError("store_unreachable", look?.trouble ?? "");
  }
  io.stdout(pictureText(look.picture, io.isTerminal ? io.columns : Infinity));
}

async function live(region: RegionWatch, io: Io): Promise<void> {
  const model = new RegionModel();
  const paint = painter(io.color);
  const screen = new LiveScreen(io, {
    lines: (columns, rows) => regionLines(model, { columns, rows, paint }),
    press: (key) => model.press(key),
  });
  const follower = region.follow();
  const follow = async (): Promise<void> => {
    for (
      let look = await follower?.next();
      look !== null && look !== undefined;
      look = await follower?.next()
    ) {
      if (look.picture !== null) model.take(look.picture);
      else if (look.trouble !== "") return screen.fail(new FproxyError("store_unreachable", look.trouble));
      model.trouble = look.trouble;
      screen.draw();
    }
  };
  await screen.run(() => void follow(), () => follower?.close());
}
