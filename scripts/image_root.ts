/**
 * `deno task image-root`: lays out the files of a container image that has no shell to unpack anything: the runtime as
 * `/usr/local/bin/deno` and the program in `/usr/local/lib/fproxy`. The Dockerfile copies them with `BUILD=portable`.
 * @module
 */
import { chmod } from "node:fs/promises";
import { resolve } from "node:path";
import { processIo } from "../src/cli/io.ts";
import { writeBuild } from "./executable/build_file.ts";
import { bundle, BUNDLE_FLAGS, BUNDLED_MAIN } from "./executable/bundle.ts";
import { REPO_ROOT } from "./repo_root.ts";
import { RUN_FLAGS } from "./run_flags.ts";

const RUNTIME = "/usr/local/bin/deno";
const PROGRAM = "/usr/local/lib/fproxy";
const MODE = 0o755;

/** What starts the program there, in the words of an image's ENTRYPOINT. */
export const IMAGE_COMMAND: readonly string[] = [
  RUNTIME,
  "run",
  ...BUNDLE_FLAGS,
  ...RUN_FLAGS,
  `${PROGRAM}/${BUNDLED_MAIN}`,
];

/**
 * The environment that it needs: Deno has to know a place for its caches, and starts without them where that cannot be
 * written, as in a container with a read-only root.
 */
export const IMAGE_ENVIRONMENT = { DENO_DIR: "/tmp/deno", DENO_NO_UPDATE_CHECK: "1" } as const;

/**
 * Lays the files out.
 * @param root directory that stands for `/`; what is there of an earlier layout is replaced.
 */
export async function layOutImage(root: string): Promise<void> {
  await Deno.remove(root + PROGRAM, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(`${root}/usr/local/bin`, { recursive: true });
  await bundle(root + PROGRAM);
  await writeBuild(root + PROGRAM, "image");
  await Deno.copyFile(Deno.execPath(), root + RUNTIME);
  await chmod(root + RUNTIME, MODE);
}

if (import.meta.main) {
  const root = resolve(REPO_ROOT, Deno.args[0] ?? "image-root");
  await layOutImage(root);
  processIo().stdout(`wrote ${root}${RUNTIME} and ${root}${PROGRAM}\n`);
}
