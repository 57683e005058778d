import { errorMessage } from "../../base/errors.ts";
import { ROLLOUT_RECORD_MAX_BYTES, ROLLOUT_TEXTS_DISK_BYTES, ROLLOUTS_KEPT } from "../../base/limits.ts";
import { sha256 } from "../config/watching/sha256.ts";
import type { RolloutEntry } from "./rollout.ts";
import { parseRecord, rolloutRecord } from "./rollout_json.ts";

const RECORD = /^([1-9]\d{0,14})\.json$/;
const TEXT = /^([0-9a-f]{64})\.config$/;

/** What a directory held. */
export interface KeptRollouts {
  /** Oldest first. */
  readonly entries: readonly RolloutEntry[];
  /** The highest number that was ever given, as far as files tell; 0 without any. */
  readonly highest: number;
  /** What could not be read, a line each. */
  readonly problems: readonly string[];
}

/**
 * The directory `rollouts` of `state_dir`: a record for each rollout, `NUMBER.json`, and each text once, `HASH.config`.
 * Files are written whole or not at all, whatever the program dies of, and are for its user alone: configs hold secrets.
 */
export class RolloutDirectory {
  readonly path: string;
  readonly #records = new Set<number>();
  /** Bytes, by hash. */
  readonly #texts = new Map<string, number>();

  /** @param maxTextBytes of all texts together. */
  constructor(stateDir: string, private readonly maxTextBytes: number = ROLLOUT_TEXTS_DISK_BYTES) {
    this.path = `${stateDir}/rollouts`;
  }

  /** Makes the directory where it is missing, and reads the last rollouts. @throws when that is not possible. */
  async open(): Promise<KeptRollouts> {
    await this.#make();
    for await (const { name } of Deno.readDir(this.path)) {
      const number = RECORD.exec(name)?.[1];
      const hash = TEXT.exec(name)?.[1];
      if (number !== undefined) this.#records.add(Number(number));
      else if (hash !== undefined) this.#texts.set(hash, (await Deno.stat(`${this.path}/${name}`)).size);
      else if (name.endsWith(".tmp")) await Deno.remove(`${this.path}/${name}`);
    }
    const numbers = [...this.#records].sort((a, b) => a - b);
    const problems: string[] = [];
    const read = numbers.slice(-ROLLOUTS_KEPT).map(async (number) => {
      try {
        return [parseRecord(await this.#readRecord(number), number)];
      } catch (error) {
        problems.push(`${this.#recordPath(number)} is passed over: ${errorMessage(error)}`);
        return [];
      }
    });
    return { entries: (await Promise.all(read)).flat(), highest: numbers.at(-1) ?? 0, problems };
  }

  /** Writes a rollout, its text first. @param text null where it has none, or it is not known any more. */
  async write(entry: RolloutEntry, text: Uint8Array | null): Promise<void> {
    await this.#make();
    if (text !== null && !this.#texts.has(entry.hash)) {
      await replaceFile(this.#textPath(entry.hash), text);
      this.#texts.set(entry.hash, text.length);
    }
    await replaceFile(this.#recordPath(entry.number), new TextEncoder().encode(rolloutRecord(entry)));
    this.#records.add(entry.number);
  }

  /**
   * Removes old records and what texts do not belong to these rollouts, and the oldest texts where all are too large. What
   * could not be read stays as long as it would have stayed else.
   * @param entries oldest first.
   */
  async prune(entries: readonly RolloutEntry[]): Promise<void> {
    const numbers = new Set(entries.map(({ number }) => number));
    const newest = entries.at(-1)?.number ?? 0;
    for (const number of this.#records.difference(numbers)) {
      if (number > newest - ROLLOUTS_KEPT) continue;
      await removeFile(this.#recordPath(number));
      this.#records.delete(number);
    }
    const fitting = new Set<string>();
    let room = this.maxTextBytes;
    for (const { hash } of entries.toReversed()) {
      if (fitting.has(hash)) continue;
      room -= this.#texts.get(hash) ?? 0;
      if (room >= 0) fitting.add(hash);
    }
    for (const hash of new Set(this.#texts.keys()).difference(fitting)) {
      await removeFile(this.#textPath(hash));
      this.#texts.delete(hash);
    }
  }

  /** The text of that hash; null where there is none, or it is not what it was. */
  async text(hash: string): Promise<Uint8Array | null> {
    if (!this.#texts.has(hash)) return null;
    try {
      const text = await Deno.readFile(this.#textPath(hash));
      return await sha256(text) === hash ? text : null;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  /** Also before each write: somebody may have tidied up. */
  async #make(): Promise<void> {
    await Deno.mkdir(this.path, { recursive: true, mode: 0o700 });
  }

  async #readRecord(number: number): Promise<string> {
    const path = this.#recordPath(number);
    const { isFile, size } = await Deno.lstat(path);
    if (!isFile) throw new Error("it is no file");
    if (size > ROLLOUT_RECORD_MAX_BYTES) throw new Error(`it has ${size} bytes`);
    return await Deno.readTextFile(path);
  }

  #recordPath(number: number): string {
    return `${this.path}/${number}.json`;
  }

  #textPath(hash: string): string {
    return `${this.path}/${hash}.config`;
  }
}

/** A reader finds the old file or the new one, whole. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  // It may be a link that somebody left there: it is removed, not followed.
  await removeFile(temporary);
  {
    using file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  }
  await Deno.rename(temporary, path);
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
