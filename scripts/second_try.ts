/** At most so many files get a second try: where more fail it is not chance. */
export const MAX_FILES = 6;

/** What a line of `deno test` says at its end, as in "FAILED | 12 passed (3 steps) | 1 failed (5s)". */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
}

// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;

/**
 * The files with failed tests, each once, as `deno test` lists them under FAILURES ("name => ./path:12:6"). The path there
 * is where a test was made, which may be in the kit: the file that it ran for is told above, where it ran.
 */
export function failedFiles(output: string): readonly string[] {
  const text = output.replace(COLOURS, "");
  const list = text.slice(text.lastIndexOf("\n FAILURES \n") + 1);
  if (!list.startsWith(" FAILURES ")) return [];
  const running = filesOfFailures(text);
  const files = new Set<string>();
  const line = /^(?:(.*) => )?(\.\/\S+\.ts)(?::\d+:\d+| \(uncaught error\))$/gm;
  for (const [, name = "", file = ""] of list.matchAll(line)) files.add(running.get(name) ?? file);
  return [...files];
}

/** Of tests that were shown to fail, by name, the files that they ran for. */
function filesOfFailures(text: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  let file = "";
  for (
    const [, started, failed] of text.matchAll(/^(?:running \d+ tests? from (\S+)|(.*) \.\.\. FAILED.*)$/gm)
  ) {
    if (started !== undefined) file = started;
    else if (failed !== undefined && file !== "") files.set(failed, file);
  }
  return files;
}

/** The last summary in an output; zeros where there is none. */
export function summary(output: string): Summary {
  const text = output.replace(COLOURS, "");
  const last = [...text.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed/gm)].at(-1);
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
}
