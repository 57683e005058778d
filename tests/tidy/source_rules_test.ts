import assert from "node:assert/strict";
import { moduleFacts } from "./module_facts.ts";
import {
  checkDocs,
  checkExceptions,
  checkRealTime,
  checkSleeps,
  checkSource,
  MAX_LINES,
} from "./source_rules.ts";

/** Findings in a module of one line, without their place. */
function source(line: string, path = "src/base/a.ts"): string[] {
  return checkSource(moduleFacts(path, `${line}\n`)).map((finding) => finding.replace(`${path}:1: `, ""));
}

Deno.test("tidy rules: a good module has no findings", () => {
  assert.deepEqual(source('import { b } from "./b.ts";'), []);
  assert.deepEqual(source('import assert from "node:assert/strict";'), []);
  assert.deepEqual(source('import * as z from "zod";'), []);
  assert.deepEqual(source('import config from "../deno.json" with { type: "json" };'), []);
  assert.deepEqual(source("// Closed by the peer; see tcp(7)."), []);
  assert.deepEqual(source("// The rest (if any) is sent by `flush()`, below."), []);
  assert.deepEqual(source("/** Use as `const a = b();` */"), []);
});

Deno.test("tidy rules: names", () => {
  assert.deepEqual(source("", "src/base/backOff.ts"), ["the name is not snake_case"]);
  assert.deepEqual(source("", "src/base/back-off.ts"), ["the name is not snake_case"]);
  assert.deepEqual(source("", "src/Base/back_off.ts"), ["the name is not snake_case"]);
  assert.deepEqual(source("", "src/dashboard/parts/heatMap.tsx"), ["the name is not snake_case"]);
  assert.deepEqual(source("", "src/dashboard/parts/heat_map.tsx"), []);
  assert.deepEqual(source("", "tests/unit/base/back_off_test.ts"), []);
});

Deno.test("tidy rules: length", () => {
  const findings = (lines: number): string[] => checkSource(moduleFacts("src/a.ts", "\n".repeat(lines)));
  assert.deepEqual(findings(MAX_LINES), []);
  assert.deepEqual(findings(MAX_LINES + 1), [
    `src/a.ts:${MAX_LINES + 1}: ${MAX_LINES + 1} lines, at most ${MAX_LINES}: split it`,
  ]);
});

Deno.test("tidy rules: imports", () => {
  for (const specifier of ["jsr:@std/assert@1", "https://deno.land/x/a.ts", "npm:zod@4"]) {
    assert.deepEqual(source(`import "${specifier}";`), [
      `import of "${specifier}": packages stand in deno.json`,
    ]);
    assert.deepEqual(source(`await import("${specifier}");`).length, 1);
  }
  assert.deepEqual(source('import { a } from "./a";'), ['import of "./a" lacks its extension']);
});

Deno.test("tidy rules: switched-off checks and work left over", () => {
  assert.deepEqual(source("const a: any = 1;"), ['"any" switches the type check off']);
  assert.deepEqual(source("// @ts-ignore because").length, 1);
  assert.deepEqual(source("// @ts-nocheck").length, 1);
  assert.deepEqual(source("// deno-lint-ignore-file").length, 1);
  assert.deepEqual(source("// deno-fmt-ignore-file").length, 1);
  assert.deepEqual(source("// TODO: more").length, 1);
  assert.deepEqual(source("/** FIXME */").length, 1);
  assert.deepEqual(source('const text = "TODO @ts-ignore";'), []);
});

Deno.test("tidy rules: code in comments", () => {
  for (
    const code of ["const a = 1;", "if (a) {", "}", "this.#close();", "return a;", "import { a } from b;"]
  ) {
    assert.deepEqual(source(`// ${code}`), ["code in a comment"], code);
  }
  assert.deepEqual(source("/* let a = 1; */"), ["code in a comment"]);
});

Deno.test("tidy rules: doc comments", () => {
  assert.deepEqual(checkDocs(moduleFacts("src/a.ts", "export const a = 1;\n")), [
    'src/a.ts:1: export "a" has no doc comment',
  ]);
  assert.deepEqual(checkDocs(moduleFacts("src/a.ts", "/** A. */\nexport const a = 1;\n")), []);
});

Deno.test("tidy rules: real time and chance", () => {
  const at = (path: string, text: string): string[] => checkRealTime(moduleFacts(path, text), []);
  const uses = [
    "Date.now()",
    "performance.now()",
    "Math.random()",
    "setTimeout(f, 1)",
    "setInterval(f, 1)",
    "new Date()",
    "AbortSignal.timeout(1)",
    "globalThis.setTimeout(f, 1)",
  ];
  for (const use of uses) {
    assert.equal(at("src/cli/a.ts", use).length, 1, use);
    assert.equal(at("main.ts", use).length, 1, use);
    assert.deepEqual(at("src/base/a.ts", use), [], use);
    assert.deepEqual(at("tests/unit/a_test.ts", use), [], use);
  }
  assert.deepEqual(at("src/cli/a.ts", "clock.now(); new Date(clock.wallTime());"), []);
  const exception = { path: "src/cli/a.ts", use: "Date.now", reason: "a test" };
  assert.deepEqual(checkRealTime(moduleFacts("src/cli/a.ts", "Date.now()"), [exception]), []);
  assert.equal(checkRealTime(moduleFacts("src/cli/b.ts", "Date.now()"), [exception]).length, 1);
});

Deno.test("tidy rules: sleeps", () => {
  const at = (path: string, text: string): string[] => checkSleeps(moduleFacts(path, text), []);
  const sleeps = [
    "await sleep(clock, 5)",
    "await delay(5)",
    "setTimeout(f, 5)",
    'import { setTimeout as wait } from "node:timers/promises";',
  ];
  for (const text of sleeps) {
    assert.equal(at("tests/integration/a_test.ts", text).length, 1, text);
    assert.deepEqual(at("tests/kit/a.ts", text), [], text);
    assert.deepEqual(at("src/a.ts", text), [], text);
  }
});

Deno.test("tidy rules: exceptions that are not needed", () => {
  const exceptions = [{ path: "src/a.ts", use: "Date.now", reason: "a test" }];
  assert.deepEqual(checkExceptions([moduleFacts("src/a.ts", "Date.now()")], exceptions), []);
  assert.equal(checkExceptions([moduleFacts("src/a.ts", "")], exceptions).length, 1);
  assert.equal(checkExceptions([], exceptions).length, 1);
});
