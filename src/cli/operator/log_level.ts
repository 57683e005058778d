import { Argument, type Command, Option } from "commander";
import { formatDuration } from "../../base/duration.ts";
import { LOG_LEVELS } from "../../base/log.ts";
import { LOG_PARTS, type LogPart } from "../../base/log_parts.ts";
import type { LogLevelView } from "../../control/admin/api/log_level.ts";
import type { AdminFlags } from "../admin/admin_options.ts";
import { tellIdleFlags } from "../idle_flags.ts";
import type { Io } from "../io.ts";
import { durationOption } from "../test_options.ts";
import { apiCommand, byOption, untilText, withApi } from "./operator_command.ts";

interface LevelFlags extends AdminFlags {
  readonly part?: LogPart;
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
    .addOption(
      new Option("-p, --part <part>", "only events of this part of the program").choices(LOG_PARTS),
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
        const { part, for: forMs, by } = flags;
        const body = {
          level: level === RESET ? null : level,
          ...(part === undefined ? {} : { part }),
          ...(forMs === undefined || level === RESET ? {} : { for: formatDuration(forMs) }),
          ...(by === undefined || by === "" ? {} : { by }),
        };
        const answer = await api.ask<LogLevelView>(
          level === undefined ? { path } : { method: "PUT", path, body },
        );
        io.stdout(part === undefined ? text(answer) : partText(answer, part));
        return 0;
      });
    });
}

type Level = Omit<LogLevelView, "parts">;

/** The level of all, then those of parts that have one of their own. */
function text({ parts, ...level }: LogLevelView): string {
  return [levelText(level), ...parts.map(({ part, ...own }) => `${part}: ${levelText(own)}`)].join("");
}

/** A part without a level of its own has that of all. */
function partText({ parts, ...level }: LogLevelView, part: LogPart): string {
  return levelText(parts.find((one) => one.part === part) ?? level);
}

function levelText({ level, configured, overridden, until }: Level): string {
  return overridden ? `${level}${untilText(until)} (${configured} in the config)\n` : `${level}\n`;
}
