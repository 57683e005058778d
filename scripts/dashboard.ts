/**
 * `deno task dashboard`: bundles the dashboard's sources (src/dashboard) into src/control/admin/dashboard/assets.json, from
 * which the admin server serves it. The file is committed, so that nothing has to be built to run the program.
 * @module
 */
import { processIo } from "../src/cli/io.ts";
import { filesBelow } from "./executable/bundle.ts";
import { REPO_ROOT } from "./repo_root.ts";

/** Where the admin server finds it. */
export const DASHBOARD_ASSETS = "src/control/admin/dashboard/assets.json";

/** What the browser starts with. */
const ENTRY = "src/dashboard/main.tsx";
/** Files that are served as they are. */
const STATIC = ["index.html", "icon.svg"];

/**
 * The assets as text of the JSON file: contents by name, in the order of names. The same sources give the same text.
 * @throws {Error} with the bundler's words.
 */
export async function dashboardAssets(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "fproxy-dashboard-" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--quiet",
        "--platform=browser",
        "--minify",
        "--code-splitting",
        `--outdir=${directory}`,
        ENTRY,
      ],
      cwd: REPO_ROOT,
      env: { NO_COLOR: "1" },
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`Cannot bundle the dashboard: ${new TextDecoder().decode(stderr).trim()}`);
    const bundled = filesBelow(directory).map((name) => [name, `${directory}/${name}`] as const);
    const copied = STATIC.map((name) => [name, `${REPO_ROOT}src/dashboard/${name}`] as const);
    const files: Record<string, string> = {};
    for (const [name, path] of [...bundled, ...copied].sort(([a], [b]) => a < b ? -1 : 1)) {
      files[name] = await Deno.readTextFile(path);
    }
    return `${JSON.stringify(files, null, 1)}\n`;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

if (import.meta.main) {
  await Deno.writeTextFile(REPO_ROOT + DASHBOARD_ASSETS, await dashboardAssets());
  processIo().stdout(`wrote ${DASHBOARD_ASSETS}\n`);
}
