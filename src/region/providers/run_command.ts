import type { Clock } from "../../base/clock.ts";
import { killChild, LastWords } from "../last_words.ts";

/** What it gets of the environment of control: credentials of control are none of its business. */
const INHERITED = ["PATH", "HOME", "LANG", "TZ"];

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
    killChild(child);
  });
  const onAbort = (): void => killChild(child);
  signal.addEventListener("abort", onAbort, { once: true });
  const words = new LastWords(child.stderr);
  try {
    const { code, signal: killedBy } = await child.status;
    const said = await words.take(clock);
    signal.throwIfAborted();
    if (isLate) throw new Error(`${program} ${args.join(" ")} did not end in ${timeoutMs} ms`);
    if (code === 0) return;
    const how = killedBy === null ? `ended with code ${code}` : `was ended by ${killedBy}`;
    throw new Error(`${program} ${args.join(" ")} ${how}${said}`);
  } finally {
    cancel();
    signal.removeEventListener("abort", onAbort);
  }
}

function inherited(): Record<string, string> {
  return Object.fromEntries(INHERITED.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}
