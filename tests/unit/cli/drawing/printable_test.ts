import assert from "node:assert/strict";
import fc from "fast-check";
import { clip, printable } from "../../../../src/cli/drawing/printable.ts";

function shown(text: string): string {
  return printable(new TextEncoder().encode(text), 100);
}

Deno.test("plain text stays, also beyond ASCII", () => {
  assert.equal(shown("a: hello, wörld"), "a: hello, wörld");
});

Deno.test("nothing that a target sends moves the cursor or hides", () => {
  assert.equal(shown("a\r\n\t\0b"), "a\\r\\n\\t\\0b");
  assert.equal(shown("\x1b[2J\x7f"), "\\x1b[2J\\x7f");
  assert.equal(shown("\u202etxt\u0301"), "\\u{202E}txt\\u{301}");
  assert.equal(shown("\u{1F600}漢"), "\\u{1F600}\\u{6F22}");
});

Deno.test("bytes that are no UTF-8 are shown as bytes", () => {
  assert.equal(printable(new Uint8Array([0x61, 0xff, 0x0a]), 100), "a\\xff\\n");
  assert.equal(printable(new TextEncoder().encode("ö").subarray(0, 1), 100), "\\xc3");
});

Deno.test("what is too long is cut, and says so", () => {
  assert.equal(clip("abcdef", 6), "abcdef");
  assert.equal(clip("abcdef", 4), "abc…");
  assert.equal(clip("abcdef", 0), "");
  assert.equal(printable(new TextEncoder().encode("ö".repeat(1000)), 5), "öööö…");
});

Deno.test("any bytes come out as printable characters, no more than asked for", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (bytes, columns) => {
      const text = printable(bytes, columns);
      assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u);
      assert.ok([...text].length <= columns);
    }),
  );
});
