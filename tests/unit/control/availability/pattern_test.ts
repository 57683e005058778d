import assert from "node:assert/strict";
import { compilePattern } from "../../../../src/control/availability/pattern.ts";

Deno.test("a pattern matches anywhere, over line ends, too", () => {
  const matches = compilePattern('"status":\\s*"(ok|up)".*}');
  assert.deepEqual([matches('{ "status": "up",\n"x": 1 }'), matches('{ "status": "down" }')], [true, false]);
});

Deno.test("what would backtrack without bound elsewhere takes a time in proportion to the text", () => {
  const text = "a".repeat(64 * 1024);
  for (const source of ["(a|a)*b", "(a+)+b", "a*a*a*a*a*b", "(.*)(.*)(.*)(.*)c"]) {
    const began = performance.now();
    assert.equal(compilePattern(source)(text), false);
    assert.ok(performance.now() - began < 2_000, source);
  }
});

Deno.test("what needs backtracking, and what is broken, is refused", () => {
  for (const source of ["(?=a)b", "(a)\\1", "(a", "[z-a]", "((a{100}){100}){100}"]) {
    assert.throws(() => compilePattern(source), RangeError, source);
  }
});
