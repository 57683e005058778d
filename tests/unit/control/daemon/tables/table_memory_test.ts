import fc from "fast-check";
import assert from "node:assert/strict";
import { FproxyError } from "../../../../../src/base/errors.ts";
import { TableMemory } from "../../../../../src/control/daemon/tables/table_memory.ts";
import { TABLE_ALIGNMENT, type TableRef } from "../../../../../src/model/table_ref.ts";

/** The table with that content, of so many bytes; made where there is none, and filled with its version. */
function acquire(memory: TableMemory, content: string, bytes: number): TableRef {
  return memory.find(content) ?? memory.add(content, bytes, (at) => {
    new Int32Array(memory.memory, at.offset, bytes / 4).fill(at.version);
    return at;
  }, "a table");
}

/** Whether it is all there still. */
function isWhole(memory: TableMemory, { offset, version }: TableRef, bytes: number): boolean {
  return new Int32Array(memory.memory, offset, bytes / 4).every((word) => word === version);
}

function keep(memory: TableMemory, refs: readonly TableRef[], stage: number): void {
  memory.keepOnly(() => new Set(refs.map(({ version }) => version)), stage);
}

Deno.test("a table that was given up stays until every thread works from a later stage", () => {
  const memory = new TableMemory(64);
  const ref = acquire(memory, "a", 64);
  keep(memory, [], 7);
  const isLack = (isWaiting: boolean) => (error: unknown) =>
    error instanceof FproxyError && error.code === "too_many_parts" && error.retryable === isWaiting;
  assert.throws(() => acquire(memory, "b", 64), isLack(true));
  assert.equal(memory.sweep(6), 1);
  assert.ok(isWhole(memory, ref, 64));
  assert.equal(memory.sweep(7), 0);
  const next = acquire(memory, "b", 64);
  assert.notEqual(next.version, ref.version, "who still has the old one sees that it is gone");
  assert.throws(() => acquire(memory, "c", 4), isLack(false));
});

Deno.test("a table that is wanted again before it was freed is kept", () => {
  const memory = new TableMemory(64);
  const ref = acquire(memory, "a", 64);
  keep(memory, [], 2);
  assert.equal(acquire(memory, "a", 64), ref);
  assert.equal(memory.sweep(9), 0);
  assert.ok(isWhole(memory, ref, 64));
});

Deno.test("property: tables in use never overlap, begin at aligned places, and memory is used again", () => {
  const wanted = fc.record({ name: fc.constantFrom(..."abcdef"), words: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.array(fc.array(wanted, { maxLength: 4 }), { maxLength: 20 }), (configs) => {
      const memory = new TableMemory(2 * 4 * 40);
      for (const [at, config] of configs.entries()) {
        const used = config.map(({ name, words }) => {
          const bytes = 4 * words;
          return { ref: acquire(memory, `${name}${words}`, bytes), bytes };
        });
        for (const { ref, bytes } of used) {
          assert.equal(ref.offset % TABLE_ALIGNMENT, 0);
          assert.ok(isWhole(memory, ref, bytes));
        }
        keep(memory, used.map(({ ref }) => ref), at + 1);
        memory.sweep(at + 1);
      }
    }),
  );
});
