import { fileURLToPath } from "node:url";
import { procText } from "../base/proc_text.ts";

/** What is known of the running program. */
export interface ProgramFacts {
  /** Text of `/proc/PID/cmdline` (proc_pid_cmdline(5)). */
  readonly commandLine: string;
  /** Arguments of the program itself. */
  readonly args: readonly string[];
  /** Path of the runtime. */
  readonly runtime: string;
  /** URL of the first module; null where it is compiled into the runtime. */
  readonly main: string | null;
}

/**
 * The command that starts this program once more, without arguments: as it was started itself, so that the runtime's flags
 * are the same, whether it runs from sources or as a file of any kind. Linux only.
 */
export function selfCommand(facts: ProgramFacts = runningProgram()): string[] {
  const words = facts.commandLine.split("\0").slice(0, -1);
  const [, ...flags] = words.slice(0, words.length - facts.args.length);
  if (facts.main === null) return [facts.runtime];
  // The module was perhaps named relative to a directory that who starts the command is not in.
  return [facts.runtime, ...flags.slice(0, -1), fileURLToPath(facts.main)];
}

function runningProgram(): ProgramFacts {
  return {
    commandLine: procText(Deno.pid, "cmdline"),
    args: Deno.args,
    runtime: Deno.execPath(),
    main: Deno.build.standalone ? null : Deno.mainModule,
  };
}
