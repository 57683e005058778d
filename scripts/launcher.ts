/**
 * `deno task launcher`: writes `./fproxy`, an executable script that runs the program on the installed Deno. It has to
 * stay in the root of the repository; a symbolic link to it may be anywhere.
 * @module
 */
import { processIo } from "../src/cli/io.ts";
import { launcherText } from "./launcher_text.ts";
import { REPO_ROOT } from "./repo_root.ts";

const MODE = 0o755;

/** Writes the script to `path`, in place of what was there. */
export async function writeLauncher(path: string): Promise<void> {
  // Not over it: the system refuses to write to a program that runs, and a link would be followed.
  await Deno.remove(path).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.writeTextFile(path, launcherText(), { mode: MODE });
}

if (import.meta.main) {
  await writeLauncher(`${REPO_ROOT}fproxy`);
  processIo().stdout("wrote ./fproxy, which runs main.ts on the installed Deno\n");
}
