import { errorMessage } from "../src/base/errors.ts";
import { Children } from "./process/children.ts";
import { freePort } from "./process/ports.ts";
import type { Cores, Plan, Stage } from "./stage.ts";

/** Exit codes: failed, wrong usage or a machine that cannot run it, interrupted. */
export const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** Whoever ran the benchmark stopped it. */
class Interrupted extends Error {
  constructor(readonly signal: keyof typeof EXIT_SIGNAL) {
    super(`stopped by ${signal}`);
  }
}

/** What a stage is made for. */
export interface StageOptions {
  readonly plan: Plan;
  readonly cores: Cores;
  /** Folder of the checkout to measure. */
  readonly program: string;
}

/**
 * Runs `body` with a folder and with children that are gone afterwards, whatever happens; on SIGINT and SIGTERM they go at
 * once, which makes `body` fail.
 */
export async function onStage<T>(options: StageOptions, body: (stage: Stage) => Promise<T>): Promise<T> {
  const children = new Children();
  const dir = Deno.makeTempDirSync({ prefix: "fproxy-bench-" });
  // The nginx worker of a root user runs as somebody else, who has to read the large file.
  Deno.chmodSync(dir, 0o755);
  let interrupted: Interrupted | null = null;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      interrupted = new Interrupted(signal);
      void children.close();
    });
  }
  try {
    const [backendPort, ...mirrorPorts] = [freePort(), freePort(), freePort()] as const;
    return await body({ ...options, children, dir, backendPort, mirrorPorts });
  } catch (error) {
    // Without its children everything fails in some way.
    throw interrupted ?? error;
  } finally {
    await children.close();
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Says what went wrong on standard error. @returns the exit code for it. */
export function reportFailure(program: string, error: unknown): number {
  Deno.stderr.writeSync(new TextEncoder().encode(`${program}: ${errorMessage(error)}\n`));
  if (error instanceof Interrupted) return EXIT_SIGNAL[error.signal];
  return error instanceof RangeError ? EXIT_USAGE : EXIT_FAILED;
}
