/**
 * `deno task dashboard`: bundles the dashboard's sources (src/dashboard) into src/control/admin/dashboard/assets.json, from
 * which the admin server serves it. The file is committed, so that nothing has to be built to run the program.
 * @module
 */
import { createHash } from "node:crypto";
import { processIo } from "../src/cli/io.ts";
import { filesBelow } from "./executable/bundle.ts";
import { REPO_ROOT } from "./repo_root.ts";

/** Where the admin server finds it. */
export const DASHBOARD_ASSETS = "src/control/admin/dashboard/assets.json";

/** What the browser starts with. */
const ENTRY = "src/dashboard/main.tsx";
/** Files that are served as they are. */
const STATIC = ["index.html", "icon.svg"];
/** What the bundler calls a part that is loaded when it is needed: a stem and eight characters of a hash. */
const PART = /\b([\w-]+)-[A-Z0-9]{8}\.js\b/g;

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
    for (const [name, path] of [...bundled, ...copied]) files[name] = await Deno.readTextFile(path);
    return `${JSON.stringify(namedByContents(files), null, 1)}\n`;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * `files` in the order of names, with parts named by what all files hold: the bundler's own hash changes with the place of
 * the checkout.
 * @throws {Error} where two parts have the same stem.
 */
export function namedByContents(files: Readonly<Record<string, string>>): Record<string, string> {
  const parts = new Set(Object.keys(files).filter((name) => name.match(PART)?.[0] === name));
  const renamed = (text: string, hash: string) =>
    text.replace(PART, (name, stem) => parts.has(name) ? `${stem}-${hash}.js` : name);
  const entries = (hash: string) =>
    Object.entries(files).map(([name, text]) => [renamed(name, hash), renamed(text, hash)] as const)
      .sort(([a], [b]) => a < b ? -1 : 1);
  const digest = createHash("sha256").update(JSON.stringify(entries(""))).digest("hex").slice(0, 8);
  const named = Object.fromEntries(entries(digest));
  if (Object.keys(named).length !== Object.keys(files).length) {
    throw new Error(`Two parts of the bundle have the same stem: ${[...parts].join(", ")}`);
  }
  return named;
}

if (import.meta.main) {
  await Deno.writeTextFile(REPO_ROOT + DASHBOARD_ASSETS, await dashboardAssets());
  processIo().stdout(`wrote ${DASHBOARD_ASSETS}\n`);
}
