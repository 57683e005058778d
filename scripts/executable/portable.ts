import { chmod, rename } from "node:fs/promises";
import { resolve } from "node:path";
import { VERSION } from "../../src/cli/version_number.ts";
import { REPO_ROOT } from "../repo_root.ts";
import { bundle, filesBelow } from "./bundle.ts";
import { writeBuild } from "./build_file.ts";
import { PROGRAM, RUNTIME, startPart } from "./start_part.ts";

const MODE = 0o755;
/** The same content gives the same archive, and with it the same name of its directory, whoever makes it and when. */
const REPRODUCIBLE = [
  "--sort=name",
  "--mtime=@0",
  "--owner=0",
  "--group=0",
  "--numeric-owner",
  "--mode=go-w",
];

/**
 * Makes a self-contained file: a start part (see {@link startPart}) and behind it the Deno that runs this, with the
 * program and its packages. It needs GNU tar and gzip, and npm's registry for Deno's bundler the first time.
 * @param output file to make, under the root of the repository unless absolute; replaced at once when all is well.
 * @returns its size in bytes.
 * @throws {Error} that says what went wrong; then there is no new file.
 */
export async function makePortable(output: string): Promise<number> {
  const work = await Deno.makeTempDir({ prefix: "fproxy-portable-" });
  const fresh = `${resolve(REPO_ROOT, output)}.tmp-${Deno.pid}`;
  try {
    const content = `${work}/content`;
    await bundle(`${content}/${PROGRAM}`);
    await writeBuild(`${content}/${PROGRAM}`, "portable");
    await Deno.copyFile(Deno.execPath(), `${content}/${RUNTIME}`);
    await chmod(`${content}/${RUNTIME}`, MODE);
    const archive = `${work}/archive.tar.gz`;
    await run("tar", [
      ...REPRODUCIBLE,
      "--create",
      `--file=${work}/archive.tar`,
      "--directory",
      content,
      ".",
    ]);
    await run("gzip", ["--no-name", `${work}/archive.tar`]);
    const start = startPart({ sha256: await sha256(archive), files: filesBelow(content), version: VERSION });
    await Deno.writeTextFile(fresh, start);
    await append(fresh, archive);
    await chmod(fresh, MODE);
    await rename(fresh, resolve(REPO_ROOT, output));
    return Deno.statSync(resolve(REPO_ROOT, output)).size;
  } finally {
    await Deno.remove(work, { recursive: true });
    await Deno.remove(fresh).catch(() => {});
  }
}

/** @throws {Error} with what the program said, when it fails. */
async function run(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args], stderr: "piped" }).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr).trim()}`);
}

async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}

async function append(path: string, from: string): Promise<void> {
  using source = await Deno.open(from);
  const target = await Deno.open(path, { append: true });
  await source.readable.pipeTo(target.writable);
}
