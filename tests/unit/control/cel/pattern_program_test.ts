import fc from "fast-check";
import assert from "node:assert/strict";
import { RE2JS } from "re2js";
import { compilePatternProgram, MAX_PATTERN_STEPS } from "../../../../src/control/cel/pattern_program.ts";
import { MAX_PATTERN_TEXT, PatternMatcher } from "../../../../src/strategy/rules/pattern_matcher.ts";

const ATOMS = [
  "a",
  "b",
  "k",
  "s",
  "é",
  "😀",
  ".",
  "[ab]",
  "[^b]",
  "\\d",
  "\\w",
  "\\W",
  "\\s",
  "\\b",
  "\\B",
  "^",
  "$",
  "\\A",
  "\\z",
  "(?i:k)",
  "(?i:S)",
  "(?i:é)",
  "(?m:^)",
  "(?m:$)",
  "(?s:.)",
  "[[:alpha:]]",
  "\\pL",
];
const pattern: fc.Arbitrary<string> = fc.letrec<{ all: string }>((tie) => ({
  all: fc.oneof(
    { maxDepth: 4, depthSize: "medium" },
    fc.constantFrom(...ATOMS),
    fc.tuple(tie("all"), tie("all")).map(([one, other]) => one + other),
    fc.tuple(tie("all"), tie("all")).map(([one, other]) => `(${one}|${other})`),
    fc.tuple(tie("all"), fc.constantFrom("*", "+", "?", "*?", "{2}", "{1,3}")).map(([one, sign]) =>
      `(?:${one})${sign}`
    ),
  ),
})).all;
const text = fc.array(
  fc.constantFrom("a", "b", "K", "k", "\u212a", "s", "ſ", "é", "É", "😀", "_", "1", " ", "\n", "-"),
  { maxLength: 12 },
)
  .map((chars) => chars.join(""));

Deno.test("property: a program finds a match just where re2js does", () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
      const matcher = new PatternMatcher(compilePatternProgram(source));
      const theirs = RE2JS.compile(source);
      for (const one of texts) {
        assert.equal(matcher.matches(one), theirs.matcher(one).find(), JSON.stringify([source, one]));
      }
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("what makes others backtrack takes time in proportion to the text", () => {
  const matcher = new PatternMatcher(compilePatternProgram("^(a+)+(a|aa)*b$"));
  const started = performance.now();
  assert.equal(matcher.matches("a".repeat(MAX_PATTERN_TEXT)), false);
  assert.ok(performance.now() - started < 500);
});

Deno.test("look-around, references and programs that are too long are refused", () => {
  for (const source of ["(?=a)", "(a)\\1", "(a", "[b-a]", "a{1001}"]) {
    assert.throws(() => compilePatternProgram(source), RangeError, source);
  }
  assert.throws(
    () => compilePatternProgram(`a{${MAX_PATTERN_STEPS}}`),
    new RegExp(`at most ${MAX_PATTERN_STEPS} are allowed`),
  );
});
