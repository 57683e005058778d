import { basename, dirname, resolve } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import type { Io } from "../../src/cli/io.ts";
import { REPO_ROOT } from "../repo_root.ts";
import { RUN_FLAGS } from "../run_flags.ts";
import { WORKER_ENTRIES } from "../worker_entries.ts";
import { compileFailure, noRuntime } from "./compile_failure.ts";

/** Who waits longer than this is told for what. */
const NOTICE_MS = 10_000;

/** What is compiled to where. */
export interface CompileOptions {
  /** File to make, under the root of the repository unless absolute. */
  readonly output: string;
  readonly io: Io;
  /** Longest time for all of it, milliseconds. */
  readonly timeoutMs: number;
  /** Environment of the compiler beside that of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How it ended: made; not made, for this reason; and without the runtime there is another way. */
export type CompileResult =
  | { readonly isMade: true }
  | { readonly isMade: false; readonly why: string; readonly lacksRuntime: boolean };

/**
 * Compiles the program with `deno compile`. That fetches the runtime of compiled programs from dl.deno.land once and keeps
 * it; `DENORT_BIN` names one that is already there. What cannot be compiled leaves no file behind, and what was there
 * before stays.
 */
export async function compile({ output, io, timeoutMs, env = {} }: CompileOptions): Promise<CompileResult> {
  // Beside its place: what is there already, the launcher perhaps, stays when this fails.
  const fresh = `${output}.tmp-${Deno.pid}`;
  const child = new Deno.Command(Deno.execPath(), {
    args: compileArguments(fresh),
    cwd: REPO_ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let timedOut = false;
  const cancels = [
    systemClock.timer(
      NOTICE_MS,
      () => io.stderr("compile: still at it, the runtime may be on its way ...\n"),
    ),
    systemClock.timer(timeoutMs, () => {
      timedOut = true;
      child.kill("SIGKILL");
    }),
  ];
  const { success, stdout, stderr } = await child.output();
  for (const cancel of cancels) cancel();
  const decoder = new TextDecoder();
  if (success) {
    await Deno.rename(resolve(REPO_ROOT, fresh), resolve(REPO_ROOT, output));
    io.stdout(`${decoder.decode(stdout)}${decoder.decode(stderr)}wrote ${output}\n`);
    return { isMade: true };
  }
  await removeLeftovers(output);
  const failure = timedOut
    ? noRuntime(`nothing came within ${timeoutMs} ms`)
    : compileFailure(decoder.decode(stderr));
  return { isMade: false, ...failure };
}

/** Arguments of `deno` that compile the program to `output`. */
export function compileArguments(output: string): string[] {
  const includes = WORKER_ENTRIES.flatMap((entry) => ["--include", entry]);
  return ["compile", ...RUN_FLAGS, "--exclude-unused-npm", ...includes, "--output", output, "main.ts"];
}

/** The compiler writes to a file beside its output first. */
async function removeLeftovers(output: string): Promise<void> {
  const directory = dirname(resolve(REPO_ROOT, output));
  for await (const { name } of Deno.readDir(directory)) {
    if (name.startsWith(`${basename(output)}.tmp-`)) await Deno.remove(`${directory}/${name}`);
  }
}
