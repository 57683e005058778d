/** True when a program of that name is on the path. */
export function has(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => isFile(`${folder}/${program}`));
}

/**
 * As `Deno.test`, but skipped, with the reason printed, where one of the programs is not installed.
 * @param programs What the test starts, as on the command line.
 */
export function testWith(programs: readonly string[], name: string, test: () => Promise<void>): void {
  const missing = programs.filter((program) => !has(program));
  testIf(missing.length > 0 ? `not installed (${missing.join(", ")})` : null, name, test);
}

/**
 * As `Deno.test`, but skipped, with the reason printed, where there is one.
 * @param obstacle Why it cannot run on this machine, null where it can.
 */
export function testIf(obstacle: string | null, name: string, test: () => Promise<void>): void {
  if (obstacle !== null) say(`skipped, ${obstacle}: ${name}`);
  Deno.test({ name, ignore: obstacle !== null, fn: test });
}

/** Prints one line, for people who read a test's output. */
export function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Whether there is a file of that path. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
