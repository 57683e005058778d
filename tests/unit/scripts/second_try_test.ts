import assert from "node:assert/strict";
import { failedFiles, summary } from "../../../scripts/second_try.ts";

const OUTPUT = `a => b ... FAILED (3ms)

 ERRORS 

a => b => ./tests/a_test.ts:1:6
error: Error: x

 FAILURES 

a => b => ./tests/a_test.ts:1:6
steps ... inner => ./tests/a_test.ts:3:43
./tests/unit/b_test.ts (uncaught error)

FAILED | 2000 passed | 3 failed (1 step) (523ms)
`;

Deno.test("second try: the files with failures, each once, those that could not be loaded too", () => {
  assert.deepEqual(failedFiles(OUTPUT), ["./tests/a_test.ts", "./tests/unit/b_test.ts"]);
});

Deno.test("second try: a test that the kit makes belongs to the file that it ran for", () => {
  const output = OUTPUT.replace(
    "a => b ... FAILED",
    "running 1 test from ./tests/real_test.ts\na => b ... FAILED",
  );
  assert.deepEqual(failedFiles(output), [
    "./tests/real_test.ts",
    "./tests/a_test.ts",
    "./tests/unit/b_test.ts",
  ]);
});

Deno.test("second try: colours do not matter", () => {
  const coloured = OUTPUT.replace(" FAILURES ", "\x1b[1m\x1b[37m\x1b[41m FAILURES \x1b[0m")
    .replace(/^steps/gm, "\x1b[31msteps\x1b[0m");
  assert.deepEqual(failedFiles(coloured), ["./tests/a_test.ts", "./tests/unit/b_test.ts"]);
});

Deno.test("second try: an output without failures names no file, whatever tests print", () => {
  assert.deepEqual(failedFiles("x => ./tests/a_test.ts:1:6\nok | 3 passed | 0 failed (1s)\n"), []);
  assert.deepEqual(failedFiles(""), []);
});

Deno.test("second try: the last summary counts", () => {
  assert.deepEqual(
    summary("ok | 9 passed (3 steps) | 0 failed (1s)\nFAILED | 12 passed (3 steps) | 1 failed (5s)\n"),
    {
      passed: 12,
      failed: 1,
    },
  );
  assert.deepEqual(summary("error: Check failed\n"), { passed: 0, failed: 0 });
});
