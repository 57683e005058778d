/** Why there is no compiled program. */
export interface CompileFailure {
  /** For people: one line, or all that the compiler said. */
  readonly why: string;
  /** Whether it is only the runtime that is missing, so that another way of making a program helps. */
  readonly lacksRuntime: boolean;
}

/**
 * Why `deno compile` failed. Messages about the code are given whole; when it lacks the runtime that goes into the
 * executable, one line says so.
 * @param stderr all that it wrote.
 */
export function compileFailure(stderr: string): CompileFailure {
  if (!/Setting up base binary|denort/.test(stderr)) {
    return { why: `failed\n${stderr.trimEnd()}`, lacksRuntime: false };
  }
  const cause = /error sending request.*?: (.*)/.exec(stderr) ?? /(Could not find denort.*)/.exec(stderr) ??
    /^\s*0: Setting up base binary\.\n\s*1: (.*)$/m.exec(stderr);
  return noRuntime(cause?.[1] ?? "unknown cause");
}

/** @param cause what happened instead of a download. */
export function noRuntime(cause: string): CompileFailure {
  return {
    why: `the runtime of compiled programs cannot be had from dl.deno.land (${cause})`,
    lacksRuntime: true,
  };
}
