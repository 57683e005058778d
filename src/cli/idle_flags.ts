import type { Command } from "commander";
import type { Io } from "./io.ts";

/** An option of a command line that does nothing beside the others, where `isIdle` is true. */
export interface IdleFlag {
  /** Name of its value, as commander has it: `logUtc`. */
  readonly flag: string;
  /** As the user is to read it: `--log-utc`. */
  readonly name: string;
  readonly isIdle: boolean;
  /** Ends the sentence `NAME does nothing: ...`. */
  readonly because: string;
}

/** Says which of the options that were written do nothing. That is no failure: scripts give options in all cases. */
export function tellIdleFlags(command: Command, io: Io, flags: readonly IdleFlag[]): void {
  for (const { flag, name, isIdle, because } of flags) {
    if (isIdle && isWritten(command, flag)) {
      io.stderr(`${command.name()}: ${name} does nothing: ${because}\n`);
    }
  }
}

/** Whether an option was written. */
export function isWritten(command: Command, flag: string): boolean {
  return command.getOptionValueSource(flag) === "cli";
}
