/**
 * Runs `deno task test` with the arguments given, and the files in which tests failed once more, alone.
 *
 * Usage: deno run -A scripts/test_run.ts [ARGUMENTS OF deno task test]
 *
 * Why a second try: docs/decisions/second_try.md. Exit code: that of the last try.
 * @module
 */
import { failedFiles, MAX_FILES, summary } from "./second_try.ts";
import { REPO_ROOT } from "./repo_root.ts";

interface Try {
  readonly code: number;
  readonly output: string;
}

/** Runs `deno task test`; what it prints is shown at once, and returned. */
async function runTests(args: readonly string[]): Promise<Try> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "test", ...args],
    cwd: REPO_ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const decoder = new TextDecoder();
  let output = "";
  for await (const bytes of child.stdout) {
    output += decoder.decode(bytes, { stream: true });
    await print(bytes);
  }
  return { code: (await child.status).code, output };
}

async function print(text: string | Uint8Array): Promise<void> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await Deno.stdout.write(rest));
}

async function main(): Promise<number> {
  const first = await runTests(Deno.args);
  if (first.code === 0) return 0;
  const files = failedFiles(first.output);
  if (files.length === 0 || files.length > MAX_FILES) return first.code;
  await print(`\n== second try: ${files.join(" ")}\n`);
  const second = await runTests(files);
  const before = summary(first.output).failed;
  const left = second.code === 0 ? 0 : Math.max(1, summary(second.output).failed);
  await print(`\n== end of second try: ${Math.max(0, before - left)} of ${before} passed now\n`);
  return second.code;
}

if (import.meta.main) Deno.exit(await main());
