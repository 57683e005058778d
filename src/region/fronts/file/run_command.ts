import type { Clock } from "../../../base/clock.ts";
import { formatDuration } from "../../../base/duration.ts";
import { errorMessage } from "../../../base/errors.ts";
import { FrontError } from "../driver.ts";

/** How a command is run. */
export interface CommandOptions {
  /** Folder in which it runs. */
  readonly folder: string;
  /** After this time it is killed, milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Of what a command says on standard error, the end is told when it fails. */
const MOST_TOLD_CHARS = 300;
/** Time for its last words to arrive; a program that it started may keep the pipe for ever. */
const LAST_WORDS_MS = 200;

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
    kill(child);
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

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** The end of what a program says. */
class LastWords {
  #text = "";
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #reading: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.#reading = this.#read().catch(() => {});
  }

  /** `: WORDS`, or nothing where it said none. */
  async take(clock: Clock): Promise<string> {
    const late = Promise.withResolvers<void>();
    const cancel = clock.timer(LAST_WORDS_MS, late.resolve);
    await Promise.race([this.#reading, late.promise]);
    cancel();
    await this.#reader.cancel().catch(() => {});
    const text = this.#text.trim().replaceAll(/\s+/g, " ");
    return text === "" ? "" : `: ${text}`;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      this.#text = (this.#text + decoder.decode(value, { stream: true })).slice(-MOST_TOLD_CHARS);
    }
  }
}
