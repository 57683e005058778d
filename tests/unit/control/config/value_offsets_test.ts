import fc from "fast-check";
import assert from "node:assert/strict";
import { isMap, isScalar, parseDocument, Scalar, stringify } from "yaml";
import { spanWithin } from "../../../../src/control/config/value_offsets.ts";

function nodeOf(text: string): Scalar {
  const { contents } = parseDocument(text);
  const node: unknown = isMap(contents) ? contents.get("a", true) : null;
  assert.ok(isScalar(node));
  return node;
}

/** The value of the key `a` of a text, and what stands where its parts are said to be. */
function found(text: string, part: string): string | null {
  const node = nodeOf(text);
  assert.ok(typeof node.value === "string");
  const at = node.value.indexOf(part);
  assert.ok(at >= 0, node.value);
  const span = spanWithin(node, text, at, at + part.length);
  return span === null ? null : text.slice(...span);
}

Deno.test("a part of a value is found through quotes, escapes, folding and indentation", () => {
  assert.equal(found("a: one two", "two"), "two");
  assert.equal(found("a: one\n   two three", "three"), "three");
  assert.equal(found("a: 'it''s two'", "two"), "two");
  assert.equal(found('a: "\\u00e9 \\"x\\"\\x20 two"', "two"), "two");
  assert.equal(found('a: "one\n   two"', "two"), "two");
  assert.equal(found("a: |\n  one\n    two\n\n  three", "two\n\nthree"), "two\n\n  three");
  assert.equal(found("a: >-\r\n  one\r\n  two three\r\n", "three"), "three");
  assert.equal(found("b: 1\na: |2-\n    one\n  two\n", "two"), "two");
});

Deno.test("what is not as it was read is found nowhere", () => {
  const text = "a: $" + "{HOME} two";
  const node = nodeOf(text);
  node.value = "/somewhere two";
  assert.equal(spanWithin(node, text, 11, 14), null);
});

Deno.test("property: of any text in any style, words are found or nothing is", () => {
  const words = fc.array(fc.constantFrom("a1", 'b"2', "c'3", "é4", "\\5", "#6"), {
    minLength: 1,
    maxLength: 20,
  });
  const gap = fc.constantFrom(" ", "\n", "  ", "\n  ");
  const style = fc.constantFrom(
    Scalar.PLAIN,
    Scalar.QUOTE_SINGLE,
    Scalar.QUOTE_DOUBLE,
    Scalar.BLOCK_LITERAL,
    Scalar.BLOCK_FOLDED,
  );
  let missed = 0;
  let all = 0;
  fc.assert(
    fc.property(words, gap, style, fc.nat(), (parts, between, type, pick) => {
      const text = stringify({ a: [...parts, "END"].join(between) }, {
        defaultStringType: type,
        lineWidth: 24,
      });
      const part = [...parts, "END"][pick % (parts.length + 1)]!;
      const at = found(text, part);
      all++;
      if (at === null) missed++;
      else {assert.ok(
          [at, at.replaceAll("''", "'"), at.replaceAll(/\\(?:\n *|(.))/g, "$1")].includes(part),
          text,
        );}
    }),
    { numRuns: 1_000 },
  );
  assert.ok(missed < all / 4, `${missed} of ${all}`);
});
