/**
 * `deno task compile`: makes `./fproxy`, one executable with the program and the runtime in it. Where the runtime of
 * compiled programs can be had, `deno compile` makes it; elsewhere it is a self-contained file, which unpacks itself.
 * `--build compiled` and `--build portable` ask for one of them.
 * @module
 */
import { parseArgs } from "node:util";
import { errorMessage } from "../src/base/errors.ts";
import { type Io, processIo } from "../src/cli/io.ts";
import { compile } from "./executable/compiled.ts";
import { makePortable } from "./executable/portable.ts";

/** Enough for 40 MB over a slow line; a connection that hangs would otherwise hang this forever. */
const TIMEOUT_MS = 180_000;

const BUILDS = ["auto", "compiled", "portable"] as const;

/** What is made and how. */
export interface ExecutableOptions {
  readonly build: typeof BUILDS[number];
  /** File to make, under the root of the repository unless absolute. */
  readonly output: string;
  /** Longest time for `deno compile`, milliseconds. */
  readonly timeoutMs?: number;
  /** Environment of `deno compile` beside that of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Makes the executable. @returns exit code: 0 when it is there, 1 when not, after a message that says why. */
export async function makeExecutable(options: ExecutableOptions, io: Io): Promise<number> {
  const { build, output, timeoutMs = TIMEOUT_MS, env = {} } = options;
  if (build !== "portable") {
    const result = await compile({ output, io, timeoutMs, env });
    if (result.isMade) return 0;
    const goesOn = build === "auto" && result.lacksRuntime;
    io.stderr(`compile: ${result.why}${goesOn ? "; a self-contained file is made instead" : ""}\n`);
    if (!goesOn) return 1;
  }
  try {
    const size = await makePortable(output);
    io.stdout(`wrote ${output}, ${Math.round(size / 1e6)} MB, which unpacks itself when it first runs\n`);
    return 0;
  } catch (error) {
    io.stderr(`compile: ${errorMessage(error)}\n`);
    return 1;
  }
}

/** @throws {TypeError} on arguments that are not known. */
function parse(args: readonly string[]): ExecutableOptions {
  const options = {
    build: { type: "string", default: "auto" },
    output: { type: "string", default: "fproxy" },
  } as const;
  const { build, output } = parseArgs({ args: [...args], options }).values;
  const kind = BUILDS.find((one) => one === build);
  if (kind === undefined) throw new TypeError(`--build is one of ${BUILDS.join(", ")}, not "${build}"`);
  return { build: kind, output };
}

if (import.meta.main) {
  const io = processIo();
  try {
    Deno.exit(await makeExecutable(parse(Deno.args), io));
  } catch (error) {
    io.stderr(`compile: ${errorMessage(error)}\n`);
    Deno.exit(2);
  }
}
