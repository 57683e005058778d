import { REPO_ROOT } from "../../scripts/repo_root.ts";
import { RUN_FLAGS } from "../../scripts/run_flags.ts";
import { LaunchedProgram, type LaunchOptions } from "./launched_program.ts";

const EXECUTABLE = Deno.env.get("FPROXY_TEST_PROGRAM") ?? "";

/**
 * What starts the program: the executable that `FPROXY_TEST_PROGRAM` names, or the sources on this Deno. One that unpacks
 * itself does so beside the file.
 */
export const PROGRAM: readonly string[] = EXECUTABLE === ""
  ? [Deno.execPath(), "run", ...RUN_FLAGS, `${REPO_ROOT}main.ts`]
  : ["env", `XDG_CACHE_HOME=${EXECUTABLE}.cache.tmp`, EXECUTABLE];

/**
 * Starts the program with these arguments.
 * @param wrapper Put before the command line, as in `taskset -c 1`.
 */
export function launchProgram(
  args: readonly string[],
  options: Omit<LaunchOptions, "command" | "args"> = {},
  wrapper: readonly string[] = [],
): LaunchedProgram {
  const [command, ...others] = [...wrapper, ...PROGRAM, ...args];
  return new LaunchedProgram({ ...options, ...(command === undefined ? {} : { command }), args: others });
}
