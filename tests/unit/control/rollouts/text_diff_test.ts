import assert from "node:assert/strict";
import { textDiff } from "../../../../src/control/rollouts/text_diff.ts";

function diff(before: string, after: string, maxEdits?: number): string {
  return textDiff({ name: "rollout 1", text: before }, { name: "rollout 2", text: after }, maxEdits);
}

Deno.test("lines that differ stand in hunks, with three lines around them", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const text = `${lines.join("\n")}\n`;
  assert.equal(
    diff(text, text.replace("line 10", "other")),
    "--- rollout 1\n+++ rollout 2\n@@ -8,7 +8,7 @@\n line 7\n line 8\n line 9\n-line 10\n+other\n line 11\n line 12\n line 13\n",
  );
  assert.equal(diff(text, text), "");
});

Deno.test("texts that differ in very much are replaced between the first and the last line that differ", () => {
  assert.equal(
    diff("same\na\nb\nsame\n", "same\nx\nsame\n", 1),
    "--- rollout 1\n+++ rollout 2\n@@ -2,2 +2,1 @@\n-a\n-b\n+x\n",
  );
  assert.equal(
    diff("", "a", 0),
    "--- rollout 1\n+++ rollout 2\n@@ -0,0 +1,1 @@\n+a\n\\ No newline at end of file\n",
  );
});

Deno.test("texts of the largest size that have nothing in common are compared in one pass", () => {
  const lines = (word: string): string =>
    Array.from({ length: 100_000 }, (_, index) => `${word} ${index}: some value that stands here, ${index}\n`)
      .join("");
  const [before, after] = [lines("old"), lines("new")];
  // What the shortest would take grows by the square: it would not end in the life of a test.
  const found = diff(before, after);
  assert.ok(found.startsWith("--- rollout 1\n+++ rollout 2\n@@ -1,100000 +1,100000 @@\n-old 0:"));
  assert.equal(found.split("\n").length, 3 + 200_000 + 1);
});
