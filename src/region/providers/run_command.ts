import { type Clock, sleep } from "../../base/clock.ts";

/** What it gets of the environment of control: credentials of control are none of its business. */
const INHERITED = ["PATH", "HOME", "LANG", "TZ"];
/** Characters of what it said last that are told when it fails. */
const TOLD = 500;
/** Its last words are there so soon after its end. */
const LAST_WORDS_MS = 1_000;

/** A program to run, without a shell. */
export interface CommandToRun {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Ends it by SIGKILL. */
  readonly signal: AbortSignal;
}

/** Runs a program to its end. @throws {Error} when it cannot be started, takes too long, or exits with another code than 0. */
export async function runCommand(
  { command: [program = "", ...args], env, timeoutMs, clock, signal }: CommandToRun,
): Promise<void> {
  signal.throwIfAborted();
  const child = new Deno.Command(program, {
    args,
    clearEnv: true,
    env: { ...inherited(), ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let isLate = false;
  const cancel = clock.timer(timeoutMs, () => {
    isLate = true;
    kill(child);
  });
  const onAbort = (): void => kill(child);
  signal.addEventListener("abort", onAbort, { once: true });
  const words = new LastWords(child.stderr);
  try {
    const { code, signal: killedBy } = await child.status;
    await Promise.race([words.all, sleep(clock, LAST_WORDS_MS)]);
    signal.throwIfAborted();
    if (isLate) throw new Error(`${program} ${args.join(" ")} did not end in ${timeoutMs} ms`);
    if (code === 0) return;
    const how = killedBy === null ? `ended with code ${code}` : `was ended by ${killedBy}`;
    throw new Error(`${program} ${args.join(" ")} ${how}${words.text === "" ? "" : `: ${words.text}`}`);
  } finally {
    cancel();
    signal.removeEventListener("abort", onAbort);
    await words.stop();
  }
}

/** The end of what a program says. What it started itself may go on to hold the stream, so its end is not waited for. */
class LastWords {
  /** Resolves when the stream ends. */
  readonly all: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.all = this.#read();
  }

  get text(): string {
    return this.#text.trim();
  }

  async stop(): Promise<void> {
    await this.#reader.cancel();
    await this.all;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for (let piece = await this.#reader.read(); !piece.done; piece = await this.#reader.read()) {
      this.#text = `${this.#text}${decoder.decode(piece.value, { stream: true })}`.slice(-TOLD);
    }
  }
}

function inherited(): Record<string, string> {
  return Object.fromEntries(INHERITED.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended, and nobody has told us yet.
  }
}
