import { type Command, Option } from "commander";
import { systemClock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import { LOG_LEVELS, type Logger, type LogLevel } from "../../base/log.ts";
import type { RegionAccess } from "../../model/config_region.ts";
import { ControlPlane } from "../../region/leader/control_plane.ts";
import type { Io } from "../io.ts";
import { aborted, untilSignal } from "../until_signal.ts";
import { openLasting, pauseBeforeRetry, programLog } from "./lasting_store.ts";
import { readAccess, regionCommand, type RegionFlags } from "./region_command.ts";

interface ControlFlags extends RegionFlags {
  readonly id: string;
  readonly logLevel: LogLevel;
}

/** `fproxy control`: one of the controls of a region. */
export function controlCommand(io: Io): Command {
  return regionCommand("control", "Places the apps of a region on its nodes, where no other control leads")
    .addOption(
      new Option("--id <name>", "name of this control among those of the region")
        .env("HOSTNAME").default("control"),
    )
    .addOption(
      new Option("-l, --log-level <level>", "least important events that are logged").choices(LOG_LEVELS)
        .default("info"),
    )
    .action(async (flags: ControlFlags) => {
      Deno.exitCode = await control(flags, io);
    });
}

/** @returns exit code: 0 after a signal, 2 where the file of the region is not valid. */
async function control({ id, logLevel, region }: ControlFlags, io: Io): Promise<number> {
  const access = await readAccess(region, io);
  if (access === null) return 2;
  const log = programLog(logLevel, io);
  await untilSignal(async (signal) => {
    while (!signal.aborted) await controlOnce(access, id, log, signal);
  });
  return 0;
}

/** Controls as long as the store can be used, or until the signal is aborted. */
async function controlOnce(
  access: RegionAccess,
  id: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const store = await openLasting(access, log, signal);
  if (store === null) return;
  // A name that several have is no harm: whoever starts is another one.
  const plane = new ControlPlane({
    store,
    clock: systemClock,
    log,
    id: `${id}-${crypto.randomUUID().slice(0, 8)}`,
  });
  void aborted(signal).then(() => plane.close());
  try {
    await plane.run();
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    log.warn("region_store_failed", { error: error.message });
    await pauseBeforeRetry(signal);
  } finally {
    await store.close();
  }
}
