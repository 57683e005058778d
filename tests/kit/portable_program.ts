import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { type Archive, startPart } from "../../scripts/executable/start_part.ts";
import { makePortable } from "../../scripts/executable/portable.ts";
import { LaunchedProgram, type LaunchOptions } from "./launched_program.ts";

const MODE = 0o755;
/** What the start part needs, and nothing else: no Deno, no Node. */
export const BASE_TOOLS: readonly string[] = [
  ...["sh", "tail", "gzip", "tar", "sha256sum", "mktemp", "id", "ls", "mkdir", "rm", "mv", "chmod", "head"],
  ...["sed", "flock"],
];

/** A self-contained file, in a folder of its own with places to unpack it to. */
export class PortableProgram implements AsyncDisposable {
  private constructor(
    readonly folder: string,
    /** The file. */
    readonly path: string,
  ) {}

  /** The one that `FPROXY_TEST_PORTABLE` names, or one that is made now. */
  static async create(): Promise<PortableProgram> {
    const folder = await Deno.makeTempDir({ prefix: "fproxy test " });
    // Also for a user other than root.
    await Deno.chmod(folder, MODE);
    const path = `${folder}/fproxy`;
    const made = Deno.env.get("FPROXY_TEST_PORTABLE") ?? "";
    if (made === "") await makePortable(path);
    else await Deno.copyFile(made, path);
    return new PortableProgram(folder, path);
  }

  /** A new empty directory of this user. */
  async place(): Promise<string> {
    return await Deno.makeTempDir({ dir: this.folder, prefix: "place " });
  }

  /** A directory with links to these programs, to be the only one on the path. */
  async tools(names: readonly string[] = BASE_TOOLS): Promise<string> {
    const bin = await Deno.makeTempDir({ dir: this.folder, prefix: "bin " });
    await Deno.chmod(bin, MODE);
    for (const name of names) await Deno.symlink(await whereIs(name), `${bin}/${name}`);
    return bin;
  }

  /**
   * Starts it without any of our environment but what is given.
   * @param wrapper Put before it.
   */
  launch(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    wrapper: readonly string[] = [],
  ): LaunchedProgram {
    const [command, ...others] = [...wrapper, this.path, ...args];
    const options: LaunchOptions = { args: others, env, clearEnv: true };
    return new LaunchedProgram({ ...options, ...(command === undefined ? {} : { command }) });
  }

  /** The same content under another name, as another version would be. */
  async otherVersion(): Promise<PortableProgram> {
    const { start, archive } = await this.#parts();
    // A second, empty member: another file with the same content.
    const other = Buffer.concat([archive, gzipSync(new Uint8Array())]);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", other)).toHex();
    const files = /^files='(.*)'$/m.exec(start)?.[1]?.split(" ") ?? [];
    const path = `${this.folder}/other`;
    await Deno.writeTextFile(path, startPart({ sha256: digest, files, version: "other" } satisfies Archive), {
      mode: MODE,
    });
    await Deno.writeFile(path, other, { append: true });
    return new PortableProgram(this.folder, path);
  }

  /** Writes one that lacks its last bytes. */
  async truncated(): Promise<PortableProgram> {
    const path = `${this.folder}/truncated`;
    await Deno.copyFile(this.path, path);
    await Deno.truncate(path, Deno.statSync(path).size - 1_000);
    return new PortableProgram(this.folder, path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }

  async #parts(): Promise<{ start: string; archive: Uint8Array }> {
    const bytes = await Deno.readFile(this.path);
    const head = new TextDecoder("latin1").decode(bytes.subarray(0, 65_536));
    const line = Number(/^first_line=(\d+)$/m.exec(head)?.[1]);
    const start = head.split("\n").slice(0, line - 1).join("\n") + "\n";
    return { start, archive: bytes.subarray(start.length) };
  }
}

async function whereIs(tool: string): Promise<string> {
  const { stdout } = await new Deno.Command("/bin/sh", { args: ["-c", `command -v ${tool}`] }).output();
  return new TextDecoder().decode(stdout).trim();
}
