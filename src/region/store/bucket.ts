import type { KV, KvEntry, KvWatchOptions } from "@nats-io/kv";
import type * as z from "zod";
import { formatSize } from "../../base/size.ts";
import { type KeyCodec, NAMES } from "./key_text.ts";
import { isUnanswered, storeError } from "./read_store_error.ts";
import { StoreError } from "./store_error.ts";

/** A value of the store, or what is left of a deleted one. */
export interface Stored<T> {
  readonly name: string;
  /** Null where it is deleted, or was not written by a program like this one: `problem` tells. */
  readonly value: T | null;
  readonly problem: string | null;
  /** Grows with every write of the bucket. */
  readonly revision: number;
  /** By the servers' clock. */
  readonly at: Date;
}

/** Whether there was a value, and is none. */
export function isDeleted({ value, problem }: Pick<Stored<unknown>, "value" | "problem">): boolean {
  return value === null && problem === null;
}

/** What a bucket can do, whatever it is made of. */
export type AnyBucket<T> = Pick<Bucket<T>, keyof Bucket<T>>;

/** The same bucket for two uses. */
export interface BucketHandles {
  readonly kv: KV;
  /** Gives up soon, to be tried again. */
  readonly followed: KV;
}

/**
 * Whoever follows a bucket does so at one of its servers, which those choose by chance: also one that is just gone, and then
 * nobody answers. With one of three gone, as many tries fail together once in 6,000 times.
 */
const TRIES = 8;

/** A place of the store where values of one kind have names. What is written is checked when it is read. */
export class Bucket<T> {
  readonly #encoder = new TextEncoder();
  readonly #kv: KV;
  readonly #followed: KV;

  /**
   * @param noun what a value is, for messages: `app`.
   * @param maxValueBytes largest value that the servers take.
   */
  constructor(
    { kv, followed }: BucketHandles,
    private readonly schema: z.ZodType<T>,
    private readonly noun: string,
    private readonly maxValueBytes: number,
    private readonly keys: KeyCodec = NAMES,
  ) {
    this.#kv = kv;
    this.#followed = followed;
  }

  /** All that is there now, by name; deleted ones are left out. */
  async all(): Promise<Map<string, Stored<T>>> {
    const all = new Map<string, Stored<T>>();
    await this.#attempt(`Cannot read all ${this.noun}s`, async () => {
      const { values } = await this.#kv.status();
      // Nothing comes from an empty bucket, not even an end.
      if (values === 0) return;
      const entries = await this.#follow({});
      for await (const entry of entries) {
        const stored = this.#read(entry);
        if (stored !== null && entry.operation === "PUT") all.set(stored.name, stored);
        if (entry.isUpdate) break;
      }
    });
    return all;
  }

  /** What is there of that name now, deleted or not; null where there never was anything. */
  async get(name: string): Promise<Stored<T> | null> {
    const entry = await this.#attempt(
      `Cannot read ${this.#called(name)}`,
      () => this.#kv.get(this.keys.keyOf(name)),
    );
    return entry === null ? null : this.#read(entry);
  }

  /** The value of that name as it was at a revision. @throws {StoreError} `store_missing` where it had none. */
  async at(name: string, revision: number): Promise<Stored<T>> {
    const entry = await this.#attempt(
      `Cannot read ${this.#called(name)} of revision ${revision}`,
      () => this.#kv.get(this.keys.keyOf(name), { revision }),
    );
    const stored = entry === null || entry.key !== this.keys.keyOf(name) ? null : this.#read(entry);
    if (stored === null) {
      throw new StoreError("store_missing", `${this.#called(name)} has no revision ${revision}`);
    }
    return stored;
  }

  /** What was there of that name, the oldest first; as much as the bucket remembers. */
  async history(name: string): Promise<Stored<T>[]> {
    const found: Stored<T>[] = [];
    await this.#attempt(`Cannot read the history of ${this.#called(name)}`, async () => {
      for await (const entry of await this.#kv.history({ key: this.keys.keyOf(name) })) {
        const stored = this.#read(entry);
        if (stored !== null) found.push(stored);
      }
    });
    return found;
  }

  /**
   * Writes a value, if nobody else did since.
   * @param revision of what is there, deleted or not; null where there never was anything.
   * @returns its revision.
   * @throws {StoreError} `store_conflict` where somebody else wrote.
   */
  async write(name: string, value: T, revision: number | null): Promise<number> {
    const bytes = this.#encoder.encode(JSON.stringify(value));
    const doing = `Cannot write ${this.#called(name)}`;
    if (bytes.length > this.maxValueBytes) {
      const [size, most] = [bytes.length, this.maxValueBytes].map(formatSize);
      throw new StoreError("store_full", `${doing}: it has ${size}, and the servers take ${most}`);
    }
    return await this.#attempt(
      doing,
      () => this.#kv.put(this.keys.keyOf(name), bytes, { previousSeq: revision ?? 0 }),
    );
  }

  /** Deletes a value, if nobody else wrote since; its history stays. @throws {StoreError} as {@link write}. */
  async remove(name: string, revision: number): Promise<void> {
    await this.#attempt(
      `Cannot delete ${this.#called(name)}`,
      () => this.#kv.delete(this.keys.keyOf(name), { previousSeq: revision }),
    );
  }

  /**
   * Writes a value whatever is there. @returns its revision. @throws {StoreError}
   */
  async put(name: string, value: T): Promise<number> {
    const bytes = this.#encoder.encode(JSON.stringify(value));
    return await this.#attempt(
      `Cannot write ${this.#called(name)}`,
      () => this.#kv.put(this.keys.keyOf(name), bytes),
    );
  }

  /** Deletes what is there of that name, whatever it is. @throws {StoreError} */
  async drop(name: string): Promise<void> {
    await this.#attempt(`Cannot delete ${this.#called(name)}`, () => this.#kv.delete(this.keys.keyOf(name)));
  }

  /**
   * Tells of all that is there, deleted or not, and then of every change, in the order of revisions.
   * @param onCurrent called once, when all that was there has been told.
   * @param name of the only value to watch; all unless given.
   * @returns stops it; resolves when nothing more is told.
   */
  async watch(
    onChange: (stored: Stored<T>) => void,
    onCurrent: () => void = () => {},
    name?: string,
  ): Promise<() => Promise<void>> {
    const key = name === undefined ? ">" : this.keys.keyOf(name);
    return await this.#attempt(
      `Cannot watch ${name === undefined ? `all ${this.noun}s` : this.#called(name)}`,
      async () => {
        // What is not there sends nothing, not even an end.
        const isEmpty = name === undefined
          ? (await this.#kv.status()).values === 0
          : await this.#kv.get(key) === null;
        const entries = await this.#follow({ key });
        if (isEmpty) onCurrent();
        let isCurrent = isEmpty;
        const reading = (async () => {
          for await (const entry of entries) {
            const stored = this.#read(entry);
            if (stored !== null) onChange(stored);
            if (!isCurrent && entry.isUpdate) {
              isCurrent = true;
              onCurrent();
            }
          }
        })();
        return async () => {
          entries.stop();
          await reading;
        };
      },
    );
  }

  async #follow(options: KvWatchOptions): ReturnType<KV["watch"]> {
    for (let left = TRIES;; left--) {
      try {
        return await this.#followed.watch(options);
      } catch (error) {
        if (left === 1 || !isUnanswered(error)) throw error;
      }
    }
  }

  #called(name: string): string {
    return `${this.noun} "${name}"`;
  }

  async #attempt<R>(doing: string, work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      throw storeError(error, doing);
    }
  }

  /** Null for a key that no program like this one writes. */
  #read(entry: KvEntry): Stored<T> | null {
    const name = this.keys.nameOf(entry.key);
    if (name === null) return null;
    const { revision, created: at } = entry;
    if (entry.operation !== "PUT") return { name, value: null, problem: null, revision, at };
    const { value, problem } = this.#parse(entry);
    return { name, value, problem, revision, at };
  }

  #parse(entry: KvEntry): { readonly value: T | null; readonly problem: string | null } {
    let json: unknown;
    try {
      json = entry.json();
    } catch {
      return { value: null, problem: "it is no JSON" };
    }
    const { data, error } = this.schema.safeParse(json);
    if (data !== undefined) return { value: data, problem: null };
    const [issue] = error?.issues ?? [];
    return {
      value: null,
      problem: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "it is no document"}`,
    };
  }
}
