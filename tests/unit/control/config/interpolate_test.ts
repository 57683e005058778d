import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import { REFERENCE_DEPTH_MAX } from "../../../../src/base/limits.ts";
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

Deno.test("a default may hold references, which count only where it is taken", () => {
  const cases: [string, unknown][] = [
    ["x: ${UNSET:-${TEXT}}", "some text"],
    ["x: ${UNSET:-${UNSET:-${A}}}", 1],
    ["x: ${EMPTY:-${UNSET:-deep}}", "deep"],
    ["x: ${UNSET:-<${TEXT}|${UNSET:-b}>}c", "<some text|b>c"],
    ["x: ${A:-${UNSET}}", 1],
    ["x: ${UNSET:-${EMPTY}}", ""],
    ["x: ${UNSET:-$${A}}", "${A}"],
    ["x: ${UNSET:-a$$b$c}", "a$b$c"],
    ["x: ${UNSET:-${DOLLAR}}", "$A ${A}"],
    // As in a shell, a brace that opens nothing is not counted.
    ["x: ${UNSET:-{a}}", "{a}"],
    ["x: $${UNSET:-${A}}", "${UNSET:-1}"],
    ["x: '}${UNSET:-}}'", "}}"],
  ];
  for (const [text, expected] of cases) assert.deepEqual(value(text), { x: expected }, text);
});

/** Marked parts of the text, with what is said about them. */
function mistakes(text: string, document = parseDocument(text)): [string, string][] {
  return interpolate(document, text, ENV).problems.map(({ span: [start, end], message }) => [
    text.slice(start, end),
    message,
  ]);
}

Deno.test("mistakes in nested references are told at their place", () => {
  assert.deepEqual(mistakes("x: a ${UNSET:-b ${MISSING} c} ${A}"), [
    ["${MISSING}", "environment variable MISSING is not set"],
  ]);
  assert.deepEqual(mistakes("x: ${UNSET:-${TEXT} ${A}"), [
    ["${UNSET:-${TEXT} ${A}", '"${UNSET:-${TEXT} ${A}" has no "}" that closes it'],
  ]);
  // Also in a default that is not taken: it would be wrong on the next machine.
  assert.deepEqual(mistakes("x: ${A:-${1}} ${A:-${B-c}}").map(([place]) => place), ["${1}", "${B-c}"]);
  assert.deepEqual(mistakes("x: ${A:-${1} ${MISSING}").map(([place]) => place), [
    "${A:-${1} ${MISSING}",
    "${1}",
  ]);
  assert.deepEqual(mistakes('x: "${"').map(([place]) => place), ["${"]);
});

Deno.test("references are nested to a depth that has a limit", () => {
  const nested = (depth: number): string => `${"${UNSET:-".repeat(depth)}x${"}".repeat(depth)}`;
  assert.deepEqual(value(`x: ${nested(REFERENCE_DEPTH_MAX)}`), { x: "x" });
  assert.deepEqual(
    value(`x: ${"${UNSET:-".repeat(REFERENCE_DEPTH_MAX)}\${A}${"}".repeat(REFERENCE_DEPTH_MAX)}`),
    {
      x: 1,
    },
  );
  const [[place, message] = [], ...others] = mistakes(`x: ${nested(REFERENCE_DEPTH_MAX + 1)}`);
  assert.equal(place, "${UNSET");
  assert.match(String(message), /^"\$\{UNSET" is nested too deep: at most 8 defaults/);
  assert.deepEqual(others, []);
});

Deno.test("hostile values are told shortly, and in linear time", () => {
  const many = 20_000;
  const isQuick = (what: string, text: string): [string, string][] => {
    const config = `x: "${text}"`;
    const document = parseDocument(config);
    const startedAt = performance.now();
    const found = mistakes(config, document);
    assert.ok(performance.now() - startedAt < 5_000, `${what} took ${performance.now() - startedAt} ms`);
    for (const [, message] of found) assert.ok(message.length < 200, `${what}: ${message.length} characters`);
    return found;
  };
  assert.equal(isQuick("references that are not closed", "${".repeat(many)).length, 1);
  assert.equal(isQuick("defaults within each other", "${A:-".repeat(many)).length, 1);
  assert.equal(isQuick("one that is not closed", `\${A:-${"x".repeat(many)}`).length, 1);
  assert.equal(isQuick("dollars and braces", "$${}".repeat(many)).length, 0);
  assert.equal(isQuick("defaults that are taken", "${UNSET:-${UNSET:-}}".repeat(many)).length, 0);
  assert.equal(isQuick("mistakes", "${1}".repeat(many)).length, many);
  assert.equal(isQuick("missing variables", "${UNSET:-${MISSING}}".repeat(many)).length, many);
});

Deno.test("variables make a config only so much longer", () => {
  const env = testEnvironment({ LONG: "x".repeat(100_000) });
  const text = `a: "${"${LONG}".repeat(10_000)}"\nb: "${"${LONG}".repeat(10_000)}"\nc: \${LONG}\n`;
  const { problems, unresolved } = interpolate(parseDocument(text), text, env);
  assert.deepEqual(problems.map(({ message }) => message), [
    "environment variables make the config longer by more than 8MiB",
  ]);
  assert.equal(unresolved.size, 3);
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
