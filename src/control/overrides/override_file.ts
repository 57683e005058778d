import { errorMessage } from "../../base/errors.ts";
import { MAX_OVERRIDES } from "../../base/limits.ts";
import type { TargetOverride } from "./override.ts";
import { overrideJson, storedOverride } from "./override_json.ts";

const NAME = "overrides.json";
/** A larger file is not ours: so many entries of the longest kind do not fill it. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const VERSION = 1;

/** What was found in a directory. */
export interface RestoredOverrides {
  readonly overrides: readonly TargetOverride[];
  /** What could not be read, a line each; empty where all is well. */
  readonly problems: readonly string[];
}

/**
 * The file of `state_dir` that holds the overrides. It is replaced by a rename, so that a reader finds the old one or the
 * new one whole, whatever the program dies of; one program a directory.
 */
export class OverrideFile {
  readonly path: string;
  /** Writes come one after another; of those that wait the newest has all. */
  #writing: Promise<void> = Promise.resolve();
  #newest = 0;

  constructor(private readonly directory: string) {
    this.path = `${directory}/${NAME}`;
  }

  /**
   * Makes the directory where it is missing, and reads the file. What is wrong in it is told and left out; a file that is
   * wrong as a whole is put aside under another name, so that nothing overwrites it.
   * @throws when the directory cannot be made or the file cannot be read.
   */
  async read(): Promise<RestoredOverrides> {
    await this.#makeDirectory();
    let text: string;
    try {
      const { isFile, size } = await Deno.stat(this.path);
      if (!isFile) throw new Error(`${this.path} is no file`);
      if (size > MAX_FILE_BYTES) return await this.#putAside(`it has ${size} bytes`);
      text = await Deno.readTextFile(this.path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return { overrides: [], problems: [] };
      throw error;
    }
    const entries = entriesOf(text);
    return typeof entries === "string" ? await this.#putAside(entries) : readEntries(entries);
  }

  /** Replaces the file. Resolves when what was given, or something newer, is on the disk. @throws when it cannot be written. */
  write(overrides: Iterable<TargetOverride>): Promise<void> {
    const turn = ++this.#newest;
    const text = `${JSON.stringify({ version: VERSION, overrides: [...overrides].map(overrideJson) })}\n`;
    const done = this.#writing.then(() => turn === this.#newest ? this.#replace(text) : undefined);
    this.#writing = done.catch(() => {});
    return done;
  }

  /** Resolves when nothing is being written any more. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** Also before each write: somebody may have tidied up. */
  async #makeDirectory(): Promise<void> {
    await Deno.mkdir(this.directory, { recursive: true, mode: 0o700 });
  }

  async #replace(text: string): Promise<void> {
    await this.#makeDirectory();
    const temporary = `${this.path}.tmp`;
    // It may be a link that somebody left there: it is removed, not followed.
    await Deno.remove(temporary).catch(() => {});
    using file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
    await Deno.rename(temporary, this.path);
  }

  async #putAside(why: string): Promise<RestoredOverrides> {
    const aside = `${this.path}.refused`;
    await Deno.rename(this.path, aside);
    return { overrides: [], problems: [`${this.path} is not a file of overrides, now ${aside}: ${why}`] };
  }
}

/** The entries, or what is wrong with the file. */
function entriesOf(text: string): readonly unknown[] | string {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return errorMessage(error);
  }
  if (typeof content !== "object" || content === null) return "it holds no object";
  if (!("version" in content) || content.version !== VERSION) return `its version is not ${VERSION}`;
  if (!("overrides" in content) || !Array.isArray(content.overrides)) return "it has no list of overrides";
  return content.overrides;
}

function readEntries(entries: readonly unknown[]): RestoredOverrides {
  const overrides: TargetOverride[] = [];
  const problems: string[] = [];
  for (const [index, entry] of entries.slice(0, MAX_OVERRIDES).entries()) {
    const { success, data, error } = storedOverride.safeParse(entry);
    if (success && (data.state !== null || data.weight !== null)) overrides.push(data);
    else {
      const issue = error?.issues[0];
      const where = issue === undefined ? "" : `${issue.path.join(".")}: `;
      problems.push(`overrides[${index}] is left out: ${where}${issue?.message ?? "it overrides nothing"}`);
    }
  }
  if (entries.length > MAX_OVERRIDES) problems.push(`entries from ${MAX_OVERRIDES} on are left out`);
  return { overrides, problems };
}
