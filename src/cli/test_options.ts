import { Argument, type Command, Option } from "commander";
import { formatDuration } from "../base/duration.ts";
import { durationArgument, targetArgument } from "./arguments.ts";
import type { Io } from "./io.ts";

/** Width of a line that nobody looks at in a terminal. */
const PIPE_COLUMNS = 240;

/** The address that every command of the group takes. */
export function addressArgument(): Argument {
  return new Argument("<address>", "HOST:PORT or [IPV6]:PORT").argParser(targetArgument);
}

/** An option that takes a duration; its default shows as one in the help. */
export function durationOption(flags: string, description: string, defaultMs?: number): Option {
  const option = new Option(flags, description).argParser(durationArgument);
  return defaultMs === undefined ? option : option.default(defaultMs, formatDuration(defaultMs));
}

/** Longest time for each request, 5 s unless given. */
export function timeoutOption(): Option {
  return durationOption("-t, --timeout <duration>", "longest time for each request, dial included", 5000);
}

/** Told apart by {@link Io} already; here it is only allowed and explained. */
export function noColorOption(): Option {
  return new Option("--no-color", "plain text, also on a terminal");
}

/**
 * Ends a command as commander does with wrong arguments: a message, and exit code 2.
 * @throws {Error} commander's own.
 */
export function usageError(command: Command, message: string): never {
  return command.error(`error: ${message}`, { exitCode: 2, code: "fproxy.usage" });
}

/** Columns that a line may take: the terminal's; in a pipe nearly any. */
export function lineColumns(io: Io): number {
  return io.isTerminal ? io.columns : PIPE_COLUMNS;
}
