/**
 * Why `deno compile` failed, for people. Messages about the code are given whole; when it lacks the runtime that goes
 * into the executable, one line says so, and what to do.
 * @param stderr all that it wrote.
 */
export function compileFailure(stderr: string): string {
  if (!/Setting up base binary|denort/.test(stderr)) return `failed\n${stderr.trimEnd()}`;
  const cause = /error sending request.*?: (.*)/.exec(stderr) ?? /(Could not find denort.*)/.exec(stderr) ??
    /^\s*0: Setting up base binary\.\n\s*1: (.*)$/m.exec(stderr);
  return noRuntime(cause?.[1] ?? "unknown cause");
}

/** @param cause what happened instead of a download. */
export function noRuntime(cause: string): string {
  return `the runtime of compiled programs cannot be had from dl.deno.land (${cause}); ` +
    '"deno task launcher" makes a ./fproxy without it';
}
