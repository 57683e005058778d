import assert from "node:assert/strict";
import { textToBytes } from "../../../src/cli/request_data.ts";

Deno.test("without escapes the text goes out as it is", () => {
  assert.deepEqual(textToBytes("a\\n\u00e9", false), new TextEncoder().encode("a\\n\u00e9"));
});

Deno.test("escapes stand for one byte each", () => {
  assert.deepEqual(
    textToBytes("a\\r\\n\\t\\0\\\\\\xff\\x00b\u00e9", true),
    new Uint8Array([97, 13, 10, 9, 0, 92, 255, 0, 98, 0xc3, 0xa9]),
  );
});

Deno.test("an unknown escape is refused with those that are known", () => {
  for (const text of ["\\q", "a\\", "\\x1", "\\xzz"]) {
    assert.throws(() => textToBytes(text, true), /unknown escape: known are/);
  }
});
