import { Command, Option } from "commander";
import { systemClock } from "../../base/clock.ts";
import { jsonLine, LOG_LEVELS, Logger, type LogLevel, prettyLine } from "../../base/log.ts";
import { ControlPlane } from "../../region/leader/control_plane.ts";
import type { Io } from "../io.ts";
import { aborted, untilSignal } from "../until_signal.ts";
import { regionCommand, type RegionFlags, withStore } from "./region_command.ts";

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

/** @returns exit code: 0 after a signal, 1 where the store cannot be used. */
async function control({ id, logLevel, ...flags }: ControlFlags, io: Io): Promise<number> {
  const log = new Logger({
    level: logLevel,
    parts: {},
    clock: systemClock,
    write: (entry) => io.stderr(io.isTerminal ? prettyLine(entry, io.color) : jsonLine(entry)),
  });
  const use = {
    isLasting: true,
    onLink(isUp: boolean, reason: string): void {
      if (isUp) log.info("region_link_restored", { reason });
      else log.warn("region_link_lost", { reason });
    },
  };
  return await withStore("control", flags, io, async (store) => {
    // A name that several have is no harm: whoever starts is another one.
    const plane = new ControlPlane({
      store,
      clock: systemClock,
      log,
      id: `${id}-${crypto.randomUUID().slice(0, 8)}`,
    });
    await untilSignal(async (signal) => {
      void aborted(signal).then(() => plane.close());
      await plane.run();
    });
    return 0;
  }, use);
}
