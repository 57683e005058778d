import type { Clock } from "../../../base/clock.ts";
import { formatDuration } from "../../../base/duration.ts";
import { errorMessage } from "../../../base/errors.ts";
import { killChild, LastWords } from "../../last_words.ts";
import { FrontError } from "../driver.ts";

/** How a command is run. */
export interface CommandOptions {
  /** Folder in which it runs. */
  readonly folder: string;
  /** After this time it is killed, milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * Runs a command, without a shell, and waits for its end.
 * @param command the program and its arguments.
 * @throws {FrontError} unless it ends with code 0 in time.
 */
export async function runCommand(command: readonly string[], options: CommandOptions): Promise<void> {
  const [program = "", ...args] = command;
  const { folder, timeoutMs, clock } = options;
  let child: Deno.ChildProcess;
  try {
    const quiet = { stdin: "null", stdout: "null", stderr: "piped" } as const;
    child = new Deno.Command(program, { args, cwd: folder, ...quiet }).spawn();
  } catch (error) {
    throw new FrontError(`Cannot run "${program}": ${errorMessage(error)}`, error);
  }
  const words = new LastWords(child.stderr);
  let isLate = false;
  const cancel = clock.timer(timeoutMs, () => {
    isLate = true;
    killChild(child);
  });
  const { code, signal } = await child.status;
  cancel();
  const said = await words.take(clock);
  if (isLate) {
    throw new FrontError(
      `"${program}" did not end within ${formatDuration(timeoutMs)}, and was killed${said}`,
    );
  }
  if (signal !== null) throw new FrontError(`"${program}" was killed by ${signal}${said}`);
  if (code !== 0) throw new FrontError(`"${program}" ended with code ${code}${said}`);
}
