import assert from "node:assert/strict";
import { HashTables } from "../../../../src/control/daemon/hash_tables.ts";
import { TableMemory } from "../../../../src/control/daemon/tables/table_memory.ts";
import { HashTable } from "../../../../src/model/hash_table.ts";
import { type MaglevEntry, maglevTable } from "../../../../src/strategy/mod.ts";

function entries(name: string, count = 3): MaglevEntry[] {
  return Array.from({ length: count }, (_, index) => ({ key: `${name}-${index}`, weight: 1, index }));
}

Deno.test("a hash table is that of its targets, shared by all that have the same, and none without targets", () => {
  const memory = new TableMemory(2 ** 20);
  const tables = new HashTables(memory);
  const ref = tables.acquire(entries("a"));
  assert.ok(ref !== null);
  const table = new HashTable(memory.memory, ref);
  const read = Array.from({ length: table.size }, (_, place) => table.at(place));
  assert.deepEqual(read, [...maglevTable(entries("a"), 1_009)]);
  assert.equal(tables.acquire(entries("a")), ref);
  assert.notEqual(tables.acquire(entries("b")), ref);
  assert.equal(tables.acquire([]), null);
});
