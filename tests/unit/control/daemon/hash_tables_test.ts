import fc from "fast-check";
import assert from "node:assert/strict";
import { FproxyError } from "../../../../src/base/errors.ts";
import { HashTables } from "../../../../src/control/daemon/hash_tables.ts";
import { HashTable, hashTableBytes } from "../../../../src/model/hash_table.ts";
import { type MaglevEntry, maglevTable } from "../../../../src/strategy/mod.ts";

function entries(name: string, count = 3): MaglevEntry[] {
  return Array.from({ length: count }, (_, index) => ({ key: `${name}-${index}`, weight: 1, index }));
}

function read(tables: HashTables, ref: ReturnType<HashTables["acquire"]>): number[] {
  assert.ok(ref !== null);
  const table = new HashTable(tables.memory, ref);
  return Array.from({ length: table.size }, (_, place) => table.at(place));
}

Deno.test("a table is that of its targets, shared by all that have the same, and none without targets", () => {
  const tables = new HashTables();
  const ref = tables.acquire(entries("a"));
  assert.deepEqual(read(tables, ref), [...maglevTable(entries("a"), 1_009)]);
  assert.equal(tables.acquire(entries("a")), ref);
  assert.notEqual(tables.acquire(entries("b")), ref);
  assert.equal(tables.acquire([]), null);
});

Deno.test("a table that was given up stays until every thread works from a later revision", () => {
  const tables = new HashTables(hashTableBytes(1_009));
  const ref = tables.acquire(entries("a"))!;
  const before = read(tables, ref);
  tables.keepOnly([], 7);
  const isLack = (isWaiting: boolean) => (error: unknown) =>
    error instanceof FproxyError && error.code === "too_many_parts" && error.retryable === isWaiting;
  assert.throws(() => tables.acquire(entries("b")), isLack(true));
  assert.equal(tables.sweep(6), 1);
  assert.deepEqual(read(tables, ref), before);
  assert.equal(tables.sweep(7), 0);
  tables.acquire(entries("b"));
  assert.ok(
    read(tables, ref).every((target) => target === -1),
    "who still has the old one sees that it is gone",
  );
  assert.throws(() => tables.acquire(entries("c")), isLack(false));
});

Deno.test("one that is wanted again before it was freed is kept", () => {
  const tables = new HashTables();
  const ref = tables.acquire(entries("a"))!;
  tables.keepOnly([], 2);
  assert.equal(tables.acquire(entries("a")), ref);
  assert.equal(tables.sweep(9), 0);
  assert.ok(read(tables, ref).every((target) => target >= 0));
});

Deno.test("property: tables in use never overlap, and memory is used again", () => {
  const step = fc.record({ name: fc.constantFrom(..."abcdef"), size: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 12 }), (configs) => {
      const tables = new HashTables(24 * hashTableBytes(2_411));
      for (const [at, config] of configs.entries()) {
        const used = config.map(({ name, size }) => ({
          ref: tables.acquire(entries(name, size))!,
          name,
          size,
        }));
        for (const { ref, name, size } of used) {
          assert.deepEqual(read(tables, ref), [...maglevTable(entries(name, size), ref.size)]);
        }
        tables.keepOnly(used.map(({ ref }) => ({ strategy: { type: "source_hash", table: ref } })), at + 1);
        tables.sweep(at + 1);
      }
    }),
    { numRuns: 20 },
  );
});
