import { Argument, type Command } from "commander";
import { formatDuration } from "../../base/duration.ts";
import { LOG_LEVELS } from "../../base/log.ts";
import type { LogLevelView } from "../../control/admin/api/log_level.ts";
import type { AdminFlags } from "../admin/admin_options.ts";
import { tellIdleFlags } from "../idle_flags.ts";
import type { Io } from "../io.ts";
import { durationOption } from "../test_options.ts";
import { apiCommand, byOption, untilText, withApi } from "./operator_command.ts";

interface LevelFlags extends AdminFlags {
  /** Milliseconds. */
  readonly for?: number;
  readonly by?: string;
}

const RESET = "reset";

/** `fproxy log-level`: shows the level of the log, or changes it. */
export function logLevelCommand(io: Io): Command {
  return apiCommand("log-level", "Shows the level of a running proxy's log, or changes it")
    .addArgument(
      new Argument("[level]", "the new level; reset goes back to that of the config").choices([
        ...LOG_LEVELS,
        RESET,
      ]),
    )
    .addOption(durationOption("-f, --for <duration>", "ends by itself after this time"))
    .addOption(byOption())
    .action(async (level: string | undefined, flags: LevelFlags, command: Command) => {
      tellIdleFlags(command, io, [{
        flag: "for",
        name: "--for",
        isIdle: level === undefined || level === RESET,
        because: "no level is set",
      }]);
      Deno.exitCode = await withApi("log-level", flags, io, async (api) => {
        const path = "/api/v1/log-level";
        const { for: forMs, by } = flags;
        const body = {
          level: level === RESET ? null : level,
          ...(forMs === undefined || level === RESET ? {} : { for: formatDuration(forMs) }),
          ...(by === undefined || by === "" ? {} : { by }),
        };
        io.stdout(
          text(await api.ask<LogLevelView>(level === undefined ? { path } : { method: "PUT", path, body })),
        );
        return 0;
      });
    });
}

function text({ level, configured, overridden, until }: LogLevelView): string {
  return overridden ? `${level}${untilText(until)} (${configured} in the config)\n` : `${level}\n`;
}
