import { Command, type Option } from "commander";
import { errorMessage } from "../base/errors.ts";
import { normalizeGoFlags } from "./go_flags.ts";

/** What the help of such a command says of its flags. */
export const GO_FLAGS_HELP =
  `Flags may be written with one dash or two, as -name=value or -name value, and cut short as long as they are
unambiguous; those of a boolean as -name, -name=false or -name false.
`;

/** Exit code of wrong usage, as commander has it; the program makes its own of it. */
const EXIT_CODE = 1;

/** A command whose options may also be written as programs in Go take them; see {@link normalizeGoFlags}. */
export class GoCommand extends Command {
  override parseOptions(args: string[]): ReturnType<Command["parseOptions"]> {
    const flags = this.options.map((option) => ({ name: longName(option), isBoolean: option.optional }));
    let normal: string[];
    try {
      normal = normalizeGoFlags(args, flags);
    } catch (error) {
      this.error(`error: ${errorMessage(error)}`, { exitCode: EXIT_CODE, code: "commander.invalidArgument" });
    }
    return super.parseOptions(normal);
  }
}

function longName(option: Option): string {
  return (option.long ?? "").replace(/^--/, "");
}
