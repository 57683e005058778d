import { dirname, relative } from "node:path";
import { REPO_ROOT } from "../repo_root.ts";
import { WORKER_ENTRIES } from "../worker_entries.ts";

/** What is started, in the directory that {@link bundle} fills. */
export const BUNDLED_MAIN = "main.js";

/** Language features that `deno.json` switches on: a bundle is run without that file. */
export const BUNDLE_FLAGS: readonly string[] = [
  "--no-config",
  "--no-remote",
  "--unstable-net",
  "--unstable-worker-options",
];

/**
 * Writes the program with its packages as JavaScript: some forty files instead of some fifteen hundred, which need no
 * registry, no lock file and no compiling when they are started.
 * @param directory to be made, or empty.
 * @throws {Error} with the bundler's words; or when a module that threads start from would not be found.
 */
export async function bundle(directory: string): Promise<void> {
  const entries = ["main.ts", ...WORKER_ENTRIES];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=deno", "--code-splitting", `--outdir=${directory}`, ...entries],
    cwd: REPO_ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot bundle the program: ${new TextDecoder().decode(stderr).trim()}`);
  await pointToWorkers(directory);
}

/** The files below a directory, as relative paths, sorted. */
export function filesBelow(directory: string): string[] {
  const files: string[] = [];
  const visit = (path: string): void => {
    for (const { name, isDirectory } of Deno.readDirSync(`${directory}/${path}`)) {
      if (isDirectory) visit(`${path}${name}/`);
      else files.push(`${path}${name}`);
    }
  };
  visit("");
  return files.sort();
}

/**
 * The bundler moves code to other files, but leaves the addresses of workers in it as they are: relative to a source that
 * is not there. They are pointed to the bundled ones.
 */
async function pointToWorkers(directory: string): Promise<void> {
  const missing = new Set(WORKER_ENTRIES);
  for (const file of filesBelow(directory).filter((name) => name.endsWith(".js"))) {
    const text = await Deno.readTextFile(`${directory}/${file}`);
    const pointed = text.replaceAll(/"\.\.?\/(?:[^"\n]*\/)?([^"\/\n]+)\.ts"/g, (written, name: string) => {
      const entry = WORKER_ENTRIES.find((one) => one.endsWith(`/${name}.ts`));
      if (entry === undefined) return written;
      missing.delete(entry);
      const path = relative(dirname(file), entry.replace(/\.ts$/, ".js"));
      return JSON.stringify(path.startsWith(".") ? path : `./${path}`);
    });
    if (pointed !== text) await Deno.writeTextFile(`${directory}/${file}`, pointed);
  }
  if (missing.size > 0) throw new Error(`No bundled code starts a thread from ${[...missing].join(", ")}`);
}
