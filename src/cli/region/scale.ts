import { Argument, type Command } from "commander";
import { formatDuration } from "../../base/duration.ts";
import { StoreError } from "../../region/store/store_error.ts";
import { argument } from "../arguments.ts";
import type { Io } from "../io.ts";
import { durationOption } from "../test_options.ts";
import { byOption, regionCommand, type RegionFlags, tellRegion, withStore } from "./region_command.ts";

interface ScaleFlags extends RegionFlags {
  readonly by: string;
  /** Milliseconds. */
  readonly for: number;
}

const MOST_REPLICAS = 1_000;
const DEFAULT_MS = 600_000;

/** `fproxy region scale`: sets the number of replicas of an app by hand, for a time. */
export function scaleCommand(io: Io): Command {
  return regionCommand(
    "scale",
    "Gives an app with `scale` a number of replicas by hand, within its min and max",
  )
    .argument("<app>", "name of the app")
    .addArgument(new Argument("<replicas>", "how many").argParser(argument(parseReplicas)))
    .addOption(
      durationOption("-f, --for <duration>", "time after which it is worked out again").default(
        DEFAULT_MS,
        "10m",
      ),
    )
    .addOption(byOption())
    .action(async (app: string, replicas: number, flags: ScaleFlags) => {
      Deno.exitCode = await withStore("scale", flags, io, async (store) => {
        const { apps, scales } = store;
        const document = await apps.get(app);
        if (document?.value === null || document?.value === undefined) {
          throw new StoreError("store_missing", `there is no app "${app}"`);
        }
        if (document.value.scale === undefined) {
          throw new StoreError(
            "store_failed",
            `app "${app}" has no \`scale\`: apply it with other \`placement.replicas\``,
          );
        }
        const reason = `by ${flags.by} for ${formatDuration(flags.for)}`;
        await scales.put(app, { format: 1, replicas, reason, held: { by: flags.by, for_ms: flags.for } });
        const fields = { app, replicas, seconds: flags.for / 1_000 };
        await tellRegion(store, flags.by, "region_scale_held", fields, io);
        io.stdout(`${app}: ${replicas} replicas ${reason}\n`);
        return 0;
      });
    });
}

function parseReplicas(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > MOST_REPLICAS) {
    throw new RangeError(`"${text}" is no number of replicas, at most ${MOST_REPLICAS}`);
  }
  return Number(text);
}
