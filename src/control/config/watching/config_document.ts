import { basename, dirname, join } from "node:path";
import { errorMessage, FproxyError } from "../../../base/errors.ts";
import type { Environment } from "../interpolate.ts";
import { type LoadResult, loadTriedConfig } from "../load.ts";
import { readConfigFile } from "../read_file.ts";
import { sha256 } from "./sha256.ts";

/** What a source of configs can do besides telling of changes. */
export interface ConfigDocument {
  /** What a text would be if it were the source's. */
  validate(text: string): Promise<LoadResult>;
  /** The text as it stands there now, and its SHA-256. @throws what reading throws. */
  read(): Promise<{ readonly text: string; readonly hash: string }>;
  /**
   * Puts another text in its place, as a whole: nobody sees a part of it.
   * @throws {FproxyError} code `unwritable`.
   */
  replace(text: string): Promise<void>;
}

/** A config file. */
export class FileDocument implements ConfigDocument {
  constructor(
    private readonly path: string,
    private readonly env: Environment,
    private readonly strategies: readonly string[],
  ) {}

  validate(text: string): Promise<LoadResult> {
    return loadTriedConfig(text, this.env, { file: this.path, strategies: this.strategies });
  }

  async read(): Promise<{ readonly text: string; readonly hash: string }> {
    const bytes = await readConfigFile(this.path);
    return { text: new TextDecoder().decode(bytes), hash: await sha256(bytes) };
  }

  async replace(text: string): Promise<void> {
    let temporary = "";
    try {
      // A symbolic link stays one.
      const path = await Deno.realPath(this.path);
      temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
      const { mode } = await Deno.stat(path);
      await writeDurably(temporary, text, mode);
      await Deno.rename(temporary, path);
    } catch (error) {
      if (temporary !== "") await Deno.remove(temporary).catch(() => {});
      throw new FproxyError("unwritable", `Cannot replace ${this.path}: ${errorMessage(error)}`);
    }
  }
}

async function writeDurably(path: string, text: string, mode: number | null): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const bytes = new TextEncoder().encode(text);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
  await file.sync();
  if (mode !== null && Deno.build.os !== "windows") await Deno.chmod(path, mode & 0o777);
}
