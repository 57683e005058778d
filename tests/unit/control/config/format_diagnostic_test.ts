import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { formatDiagnosticLine, formatDiagnostics } from "../../../../src/control/config/format_diagnostic.ts";
import { MAX_DIAGNOSTICS, placeless, toDiagnostics } from "../../../../src/control/config/diagnostic.ts";
import { SourceText } from "../../../../src/control/config/source_text.ts";

const SOURCE = new SourceText("a.yaml", "one: 1\ntwo: 2\nthree: 3\n");

Deno.test("diagnostics show line, underline, hints and related places", () => {
  const diagnostics = toDiagnostics([{
    code: "value",
    message: "two is wrong",
    span: [12, 13],
    hints: ["take three"],
    related: [{ message: "this is one", span: [0, 3] }],
  }], SOURCE);
  assert.equal(
    formatDiagnostics(diagnostics),
    "a.yaml:2:6: error: two is wrong\n" +
      " 2 | two: 2\n" +
      "   |      ^\n" +
      "   = take three\n" +
      "a.yaml:1:1: note: this is one\n" +
      " 1 | one: 1\n" +
      "   | ^^^\n",
  );
  assert.equal(formatDiagnosticLine(diagnostics[0]!), "a.yaml:2:6: two is wrong");
});

Deno.test("colours are written only on request, and change nothing else", () => {
  const diagnostics = toDiagnostics(
    [{ code: "value", message: "wrong", span: [0, 3], hints: ["hint"] }],
    SOURCE,
  );
  const colored = formatDiagnostics(diagnostics, true);
  assert.ok(colored.includes("\x1b[1;31merror:\x1b[0m"));
  assert.equal(stripVTControlCharacters(colored), formatDiagnostics(diagnostics));
  assert.ok(!formatDiagnostics(diagnostics).includes("\x1b"));
});

Deno.test("diagnostics are sorted by position, told once, and limited", () => {
  const problem = (at: number): { code: "value"; message: string; span: [number, number] } => ({
    code: "value",
    message: `at ${at}`,
    span: [at, at + 1],
  });
  const few = toDiagnostics([problem(9), problem(2), problem(9), problem(5)], SOURCE);
  assert.deepEqual(few.map(({ message }) => message), ["at 2", "at 5", "at 9"]);
  const source = new SourceText("a.yaml", "x".repeat(MAX_DIAGNOSTICS + 7));
  const many = toDiagnostics(Array.from({ length: MAX_DIAGNOSTICS + 7 }, (_, at) => problem(at)), source);
  assert.equal(many.length, MAX_DIAGNOSTICS + 1);
  assert.equal(many.at(-1)?.message, "7 more mistakes are not shown");
});

Deno.test("a diagnostic about the whole file has no place", () => {
  const diagnostic = placeless("unreadable", "a.yaml does not exist");
  assert.equal(formatDiagnostics([diagnostic]), "error: a.yaml does not exist\n");
  assert.equal(formatDiagnosticLine(diagnostic), "a.yaml does not exist");
});

Deno.test("a place outside the text is its end", () => {
  const place = SOURCE.place([1000, 2000]);
  assert.deepEqual([place.line, place.column, place.width], [4, 1, 1]);
  assert.deepEqual(new SourceText("empty", "").place([0, 0]).line, 1);
});
