import { FproxyError } from "../../base/errors.ts";
import { HASH_TABLE_BYTES, HashTable, hashTableBytes, type HashTableRef } from "../../model/hash_table.ts";
import type { AppSnapshot, StrategySnapshot } from "../../model/snapshot.ts";
import { type MaglevEntry, maglevSize, maglevTable } from "../../strategy/mod.ts";

/** A table that some app uses or used. */
interface Held {
  readonly ref: HashTableRef;
  /** Stage of the fleet at which no app had it any more, null while one has it. */
  releasedAt: number | null;
}

/** A piece of memory. */
interface Gap {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * The hash tables of all apps, in memory that data threads read. Apps with the same targets and weights share one. What no
 * app has any more is used again once every thread works from a later stage; a session that began before and still
 * looks for a target sees by the version that the table is gone.
 */
export class HashTables {
  /** The memory, to be sent to data threads. */
  readonly memory: SharedArrayBuffer;
  /** By what is in them. */
  readonly #held = new Map<string, Held>();
  #version = 0;

  /** @param bytes of all tables together. */
  constructor(private readonly bytes: number = HASH_TABLE_BYTES) {
    this.memory = new SharedArrayBuffer(bytes);
  }

  /**
   * The table for these targets, built where there is none.
   * @returns null without targets.
   * @throws {FproxyError} code `too_many_parts` when there is no memory left; retryable while some is about to be freed.
   */
  acquire(entries: readonly MaglevEntry[]): HashTableRef | null {
    if (entries.length === 0) return null;
    const content = JSON.stringify(entries.map(({ key, weight, index }) => [key, weight, index]));
    const known = this.#held.get(content);
    if (known !== undefined) {
      known.releasedAt = null;
      return known.ref;
    }
    const size = maglevSize(entries.length);
    this.#version = this.#version + 1 | 0 || 1;
    const ref = { offset: this.#room(hashTableBytes(size)), size, version: this.#version };
    new HashTable(this.memory, ref).fill(maglevTable(entries, size));
    this.#held.set(content, { ref, releasedAt: null });
    return ref;
  }

  /** Gives up all tables but those of these apps. @param stage of the fleet, at which the others are gone. */
  keepOnly(apps: Iterable<Pick<AppSnapshot, "strategy">>, stage: number): void {
    if (this.#held.size === 0) return;
    const used = new Set([...apps].flatMap(({ strategy }) => tableVersions(strategy)));
    for (const held of this.#held.values()) {
      if (!used.has(held.ref.version)) held.releasedAt ??= stage;
    }
  }

  /** Frees what was given up. @param oldest the oldest stage that some thread still works from. @returns what is left. */
  sweep(oldest: number): number {
    let left = 0;
    for (const [content, { releasedAt }] of this.#held) {
      if (releasedAt === null) continue;
      if (releasedAt <= oldest) this.#held.delete(content);
      else left++;
    }
    return left;
  }

  /** Offset of the first gap that is large enough. */
  #room(bytes: number): number {
    const gap = this.#gaps().find((one) => one.bytes >= bytes);
    if (gap !== undefined) return gap.offset;
    const isWaiting = [...this.#held.values()].some(({ releasedAt }) => releasedAt !== null);
    throw new FproxyError(
      "too_many_parts",
      `Cannot take the config${
        isWaiting ? " yet" : ""
      }: the hash tables of strategy source_hash need more than ${this.bytes / 1024} KiB`,
      "internal",
      isWaiting,
    );
  }

  #gaps(): Gap[] {
    const refs = [...this.#held.values()].map(({ ref }) => ref).sort((a, b) => a.offset - b.offset);
    let end = 0;
    const gaps = refs.map(({ offset, size }): Gap => {
      const gap = { offset: end, bytes: offset - end };
      end = offset + hashTableBytes(size);
      return gap;
    });
    return [...gaps, { offset: end, bytes: this.bytes - end }];
  }
}

/** Of the tables of a strategy, and of those within it. */
function tableVersions({ table, strategy, rules = [] }: StrategySnapshot): number[] {
  return [
    ...(table === undefined ? [] : [table.version]),
    ...(strategy === undefined ? [] : tableVersions(strategy)),
    ...rules.flatMap((rule) => tableVersions(rule.strategy)),
  ];
}
