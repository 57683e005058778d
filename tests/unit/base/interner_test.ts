import assert from "node:assert/strict";
import { Interner } from "../../../src/base/interner.ts";

Deno.test("values that are alike become one object, others stay what they are", () => {
  const interner = new Interner<{ a: number | null }>();
  const first = { a: 1 };
  assert.equal(interner.of(first), first);
  assert.equal(interner.of({ a: 1 }), first);
  const other = { a: null };
  assert.equal(interner.of(other), other);
  assert.equal(interner.of({ a: 1 }), first);
});

Deno.test("any number of different values is taken", () => {
  const interner = new Interner<{ a: number }>();
  for (let a = 0; a < 1_000; a++) assert.deepEqual(interner.of({ a }), { a });
  const last = interner.of({ a: 999 });
  assert.equal(interner.of({ a: 999 }), last);
});
