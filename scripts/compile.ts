/**
 * `deno task compile`: makes `./fproxy`, one executable with the program and the runtime in it. Deno fetches that
 * runtime from dl.deno.land once and keeps it; `DENORT_BIN` names one that is already there.
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import { systemClock } from "../src/base/clock.ts";
import { type Io, processIo } from "../src/cli/io.ts";
import { compileFailure, noRuntime } from "./compile_failure.ts";
import { REPO_ROOT } from "./repo_root.ts";
import { RUN_FLAGS } from "./run_flags.ts";
import { WORKER_ENTRIES } from "./worker_entries.ts";

/** Enough for 40 MB over a slow line; a connection that hangs would otherwise hang this forever. */
const TIMEOUT_MS = 180_000;
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

/**
 * Compiles the program. What cannot be compiled leaves no file behind.
 * @returns exit code: 0 when the file is there, 1 when not, after a message that says why.
 */
export async function compile({ output, io, timeoutMs, env = {} }: CompileOptions): Promise<number> {
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
    return 0;
  }
  await removeLeftovers(output);
  const why = timedOut
    ? noRuntime(`nothing came within ${timeoutMs} ms`)
    : compileFailure(decoder.decode(stderr));
  io.stderr(`compile: ${why}\n`);
  return 1;
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

if (import.meta.main) {
  Deno.exit(await compile({ output: "fproxy", io: processIo(), timeoutMs: TIMEOUT_MS }));
}
