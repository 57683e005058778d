import { HashTable, hashTableBytes, type HashTableRef } from "../../model/hash_table.ts";
import type { StrategySnapshot } from "../../model/snapshot.ts";
import { type MaglevEntry, maglevSize, maglevTable } from "../../strategy/mod.ts";
import type { TableMemory } from "./tables/table_memory.ts";

/** The hash tables of all apps. Apps with the same targets and weights share one. */
export class HashTables {
  constructor(private readonly memory: TableMemory) {}

  /**
   * The table for these targets, built where there is none.
   * @returns null without targets.
   * @throws {FproxyError} as `TableMemory.add`.
   */
  acquire(entries: readonly MaglevEntry[]): HashTableRef | null {
    if (entries.length === 0) return null;
    const content = `hash ${JSON.stringify(entries.map(({ key, weight, index }) => [key, weight, index]))}`;
    const known = this.memory.find(content) as HashTableRef | undefined;
    if (known !== undefined) return known;
    const size = maglevSize(entries.length);
    return this.memory.add(content, hashTableBytes(size), (at) => {
      const ref = { ...at, size };
      new HashTable(this.memory.memory, ref).fill(maglevTable(entries, size));
      return ref;
    }, "a table of strategy source_hash");
  }
}

/** Of the hash tables of a strategy, and of those within it. */
export function hashTableVersions({ table, strategy, rules = [] }: StrategySnapshot): number[] {
  return [
    ...(table === undefined ? [] : [table.version]),
    ...(strategy === undefined ? [] : hashTableVersions(strategy)),
    ...rules.flatMap((rule) => hashTableVersions(rule.strategy)),
  ];
}
