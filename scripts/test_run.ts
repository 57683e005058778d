/**
 * Runs `deno task test` in lanes, and the files in which tests failed once more, alone.
 *
 * Usage: deno run -A scripts/test_run.ts [ARGUMENTS OF THE FIRST LANE] [-- ARGUMENTS OF THE NEXT]...
 *
 * The first lane has the machine for itself, as far as its tests measure: the others yield to it (nice 10), use the time in
 * which it waits, and are shown when they have ended. Why a second try: docs/decisions/second_try.md. Exit code: 0 when
 * all passed, in the second try at the latest.
 * @module
 */
import { failedFiles, MAX_FILES, summary } from "./second_try.ts";
import { REPO_ROOT } from "./repo_root.ts";

/** What `deno test` printed, and how it ended. */
interface Outcome {
  readonly code: number;
  readonly output: string;
}

const YIELDING: readonly string[] = ["nice", "-n", "10"];

/** Runs `deno task test`. @param isShown what it prints is shown at once. */
async function runTests(
  args: readonly string[],
  isShown: boolean,
  wrapper: readonly string[] = [],
): Promise<Outcome> {
  const [command = Deno.execPath(), ...rest] = [
    ...wrapper,
    Deno.execPath(),
    "task",
    "--quiet",
    "test",
    ...args,
  ];
  const child = new Deno.Command(command, {
    args: rest,
    cwd: REPO_ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const decoder = new TextDecoder();
  let output = "";
  for await (const bytes of child.stdout) {
    output += decoder.decode(bytes, { stream: true });
    if (isShown) await print(bytes);
  }
  return { code: (await child.status).code, output };
}

async function print(text: string | Uint8Array): Promise<void> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await Deno.stdout.write(rest));
}

/** The arguments of each lane. */
function lanesOf(args: readonly string[]): string[][] {
  const lanes: string[][] = [[]];
  for (const arg of args) {
    if (arg === "--") lanes.push([]);
    else lanes.at(-1)?.push(arg);
  }
  return lanes;
}

async function runLanes([first = [], ...others]: readonly string[][]): Promise<Outcome[]> {
  const beside = others.map((args) => runTests(args, false, YIELDING));
  const outcomes = [await runTests(first, true)];
  for (const [index, outcome] of (await Promise.all(beside)).entries()) {
    await print(`\n== beside: ${others[index]?.join(" ")}\n${outcome.output}`);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function main(): Promise<number> {
  const outcomes = await runLanes(lanesOf(Deno.args));
  const failed = outcomes.filter(({ code }) => code !== 0);
  if (failed.length === 0) return 0;
  const found = failed.map(({ output }) => failedFiles(output));
  const files = found.flat();
  // One that failed and names no file did not run at all.
  if (found.some((one) => one.length === 0) || files.length > MAX_FILES) return 1;
  await print(`\n== second try: ${files.join(" ")}\n`);
  const second = await runTests(["--no-check", ...files], true);
  const before = failed.reduce((sum, { output }) => sum + summary(output).failed, 0);
  const left = second.code === 0 ? 0 : Math.max(1, summary(second.output).failed);
  await print(`\n== end of second try: ${Math.max(0, before - left)} of ${before} passed now\n`);
  return second.code;
}

if (import.meta.main) Deno.exit(await main());
