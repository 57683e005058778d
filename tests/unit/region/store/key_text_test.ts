import assert from "node:assert/strict";
import fc from "fast-check";
import { keyOf, nameOf, PATHS } from "../../../../src/region/store/key_text.ts";

Deno.test("store keys: names that are keys stay as they are, others can be read back", () => {
  assert.equal(keyOf("web-1_a"), "web-1_a");
  assert.equal(keyOf("a b.c"), "a=20b=2Ec");
  assert.equal(keyOf("ü"), "=C3=BC");
  assert.equal(keyOf("a=b%c/*>"), "a=3Db=25c=2F=2A=3E");
});

Deno.test("store keys: every name comes back, and no two have one key", () => {
  const names = fc.string({ unit: "grapheme", minLength: 1, maxLength: 128 });
  fc.assert(fc.property(names, names, (a, b) => {
    // What NATS takes as one token of a key.
    assert.match(keyOf(a), /^[-=\w]+$/);
    assert.equal(nameOf(keyOf(a)), a);
    assert.equal(keyOf(a) === keyOf(b), a === b);
  }));
});

Deno.test("store keys: what no name gives is no key", () => {
  for (const key of ["", "a.b", "=2", "=zz", "a/b", "=FF", "a="]) assert.equal(nameOf(key), null, key);
});

Deno.test("store keys: names of several parts", () => {
  for (const [name, key] of [["n.1", "n=2E1"], ["edge/dns", "edge.dns"], ["a/b c/d", "a.b=20c.d"]] as const) {
    assert.equal(PATHS.keyOf(name), key);
    assert.equal(PATHS.nameOf(key), name);
  }
  assert.equal(PATHS.nameOf("a..b"), null);
});
