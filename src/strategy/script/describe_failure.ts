/**
 * What went wrong in a script, in one line: name, message and place in the file, as far as they are known.
 * @param error anything: a script may throw what it likes.
 */
export function describeFailure(error: unknown, file: string): string {
  try {
    if (!(error instanceof Error)) return `threw ${String(error)}`;
    const { name, message, stack } = error;
    const at = stack?.split("\n").find((line) => line.includes(`${file}:`));
    const place = at === undefined ? undefined : /:(\d+:\d+)\)?$/.exec(at)?.[1];
    // Without one the script itself did not throw it.
    return place === undefined ? message : `${name}: ${message} (${file}:${place})`;
  } catch {
    return "threw what cannot be shown";
  }
}
