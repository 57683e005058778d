import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import { interpolate } from "../../../../src/control/config/interpolate.ts";
import { testEnvironment } from "./test_environment.ts";

const ENV = testEnvironment({
  A: "1",
  TEXT: "some text",
  EMPTY: "",
  TRUE: "true",
  DOLLAR: "$A ${A}",
  COLON: "a: b # c",
});

function value(text: string): unknown {
  const document = parseDocument(text);
  assert.deepEqual(interpolate(document, text, ENV).problems, []);
  return document.toJS();
}

Deno.test("interpolation replaces references in values", () => {
  const cases: [string, unknown][] = [
    ["x: ${TEXT}", "some text"],
    ["x: a${TEXT}b${A}", "asome textb1"],
    ["x: ${UNSET:-default}", "default"],
    ["x: ${UNSET:-}", ""],
    ["x: ${EMPTY:-default}", "default"],
    ["x: ${EMPTY}", ""],
    ["x: '${UNSET:-a}:${UNSET:-b:-c}'", "a:b:-c"],
    ["x: |\n  ${A}\n  ${TEXT}\n", "1\nsome text\n"],
    ["x: $A $ $5 a$", "$A $ $5 a$"],
    ["x: $$A $${A} $$$$", "$A ${A} $$"],
    ["x: $$$A", "$$A"],
    ["x: ${DOLLAR}", "$A ${A}"],
    ["x: ${COLON}", "a: b # c"],
  ];
  for (const [text, expected] of cases) assert.deepEqual(value(text), { x: expected }, text);
});

Deno.test("an interpolated value without quotes is typed as YAML types it", () => {
  const cases: [string, unknown][] = [
    ["x: ${A}", 1],
    ["x: ${A}${A}", 11],
    ["x: ${TRUE}", true],
    ["x: ${UNSET:-0.5}", 0.5],
    ["x: ${UNSET:-null}", null],
    ["x: ${UNSET:-[1]}", "[1]"],
    ["x: '${A}'", "1"],
    ['x: "${TRUE}"', "true"],
    ["x: !!str ${A}", "1"],
  ];
  for (const [text, expected] of cases) assert.deepEqual(value(text), { x: expected }, text);
});

Deno.test("keys and comments are not interpolated", () => {
  assert.deepEqual(value("${A}: 1 # ${UNSET}\n"), { "${A}": 1 });
});

Deno.test("each missing variable and broken reference is reported at its own place", () => {
  const text = 'a: ${A} ${MISSING_1}\nb: ["${MISSING_1}${MISSING_2}", \'${1}\', "${"]\n';
  const document = parseDocument(text);
  const { problems, unresolved } = interpolate(document, text, ENV);
  assert.deepEqual(problems.map(({ span: [start, end] }) => text.slice(start, end)), [
    "${MISSING_1}",
    "${MISSING_1}",
    "${MISSING_2}",
    "${1}",
    "${",
  ]);
  assert.equal(unresolved.size, 4);
});

Deno.test("a reference that escapes hide in the text is reported at its whole value", () => {
  const text = 'a: "\\x24{MISSING}"\n';
  const { problems } = interpolate(parseDocument(text), text, ENV);
  assert.deepEqual(problems.map(({ span: [start, end] }) => text.slice(start, end)), ['"\\x24{MISSING}"']);
});
