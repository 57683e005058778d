import fc from "fast-check";
import assert from "node:assert/strict";
import { MAX_CONFIG_BYTES } from "../../../../src/control/config/decode.ts";
import type { Diagnostic, DiagnosticCode } from "../../../../src/control/config/diagnostic.ts";
import { formatDiagnostics } from "../../../../src/control/config/format_diagnostic.ts";
import { loadConfig, loadConfigFile } from "../../../../src/control/config/load.ts";
import type { LoadResult } from "../../../../src/control/config/load.ts";
import { testEnvironment } from "./test_environment.ts";

const ROOT = new URL("../../../../", import.meta.url);
const EXAMPLE = Deno.readTextFileSync(new URL("config.example.yaml", ROOT));
const OPTIONS = { file: "test.yaml", strategies: ["round_robin", "first"] };

function load(input: string | Uint8Array, variables: Record<string, string> = {}): LoadResult {
  return loadConfig(input, testEnvironment(variables), OPTIONS);
}

function refusal(input: string | Uint8Array): readonly Diagnostic[] {
  const result = load(input);
  assert.ok(!result.ok, "the config is refused");
  return result.diagnostics;
}

function codes(input: string | Uint8Array): DiagnosticCode[] {
  return refusal(input).map(({ code }) => code);
}

Deno.test("config.example.yaml is valid and without warnings", () => {
  const result = load(EXAMPLE);
  assert.ok(result.ok, "valid");
  assert.deepEqual(result.warnings, []);
  assert.equal(result.config.apps.length, 3);
});

Deno.test("a file over 32 MiB is refused, one of 32 MiB is read", () => {
  const config = 'apps: [{ name: a, ports: [1], targets: ["a:1"] }]\n#';
  const bytes = new TextEncoder().encode(config.padEnd(MAX_CONFIG_BYTES, "x"));
  assert.equal(load(bytes).ok, true);
  assert.deepEqual(codes(new Uint8Array(MAX_CONFIG_BYTES + 1)), ["too_large"]);
  assert.deepEqual(codes(config.padEnd(MAX_CONFIG_BYTES + 1, "x")), ["too_large"]);
  assert.deepEqual(codes(config.padEnd(MAX_CONFIG_BYTES - 1, "\u00e9")), ["too_large"]);
  assert.match(
    refusal(new Uint8Array(MAX_CONFIG_BYTES + 1))[0]?.message ?? "",
    /^test.yaml is larger than 32MiB$/,
  );
});

Deno.test("a file that is missing or a directory is refused, not thrown", async () => {
  for (
    const [path, message] of [["no_such_file.yaml", /does not exist/], [Deno.cwd(), /directory/i]] as const
  ) {
    const result = await loadConfigFile(path, testEnvironment(), OPTIONS);
    assert.ok(!result.ok);
    assert.equal(result.diagnostics[0]?.code, "unreadable");
    assert.match(result.diagnostics[0]?.message ?? "", message);
  }
});

Deno.test({
  name: "a file that never ends is refused",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const result = await loadConfigFile("/dev/zero", testEnvironment(), OPTIONS);
    assert.ok(!result.ok);
    assert.equal(result.diagnostics[0]?.message, "/dev/zero is larger than 32MiB");
  },
});

Deno.test("a file with mistakes is read from disk under its own name", async () => {
  const path = new URL("tests/golden/config/unknown_key.yaml", ROOT).pathname;
  const result = await loadConfigFile(path, testEnvironment(), OPTIONS);
  assert.ok(!result.ok);
  assert.equal(result.diagnostics[0]?.place?.file, path);
});

Deno.test("missing variables stop a config that is valid otherwise", () => {
  const text = 'admin: { token: "${TOKEN}" }\napps: [{ name: a, ports: [1], targets: ["a:1"] }]\n';
  assert.deepEqual(codes(text), ["environment"]);
  assert.equal(load(text, { TOKEN: "x" }).ok, true);
});

Deno.test("5000 apps are read within 2 seconds", () => {
  const text = "apps:\n" +
    Array.from(
      { length: 5000 },
      (_, i) => `  - name: app-${i}\n    ports: ["127.0.0.1:${1000 + i}"]\n    targets: ["10.0.0.1:80"]\n`,
    ).join("");
  const timesMs: number[] = [];
  // The best of three: another program may have the processor for a while.
  for (let round = 0; round < 3 && Math.min(...timesMs) >= 2000; round++) {
    const start = performance.now();
    assert.equal(load(text).ok, true);
    timesMs.push(performance.now() - start);
  }
  assert.ok(Math.min(...timesMs) < 2000, `took ${timesMs} ms`);
});

Deno.test("hostile files are refused quickly", () => {
  const hostile: [string, string][] = [
    ["many unknown keys", Array.from({ length: 20_000 }, (_, i) => `key${i}: 1\n`).join("")],
    ["many wrong apps", `apps: [${"1,".repeat(20_000)}]`],
    ["deep nesting", `apps: ${"[".repeat(20_000)}`],
    ["deep nesting of keys", "? ".repeat(20_000)],
    ["errors on one line", `apps: ${"[}".repeat(20_000)}`],
    ["many aliases", `a: &a [x]\napps: [${"*a,".repeat(20_000)}]`],
    ["many references", `apps: "${"${A}".repeat(20_000)}"`],
    ["a long line of mistakes", `apps: [{ ports: [${'"x",'.repeat(10_000)}] }]`],
  ];
  for (const [name, text] of hostile) {
    const start = performance.now();
    const diagnostics = refusal(text);
    assert.ok(formatDiagnostics(diagnostics).length < 200_000, name);
    const elapsedMs = performance.now() - start;
    assert.ok(elapsedMs < 10_000, `${name} took ${elapsedMs} ms`);
  }
});

/** Changes to a text that leave most of it as it is. */
const mutation = fc.record({
  at: fc.nat(),
  length: fc.nat({ max: 8 }),
  insert: fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ":",
      "- ",
      "\n",
      "\t",
      '"',
      "'",
      "&a ",
      "*a",
      "${X}",
      "$",
      "!",
      "? ",
      "|\n",
      "\u0000",
      "0",
    ),
  ),
});

Deno.test("random mutations of a valid file are accepted or refused, never thrown", () => {
  const seed = Deno.readTextFileSync(new URL("tests/golden/config/seed-config.json", ROOT));
  const text = fc.constantFrom(EXAMPLE, seed);
  fc.assert(
    fc.property(text, fc.array(mutation, { minLength: 1, maxLength: 5 }), (text, mutations) => {
      for (const { at, length, insert } of mutations) {
        const start = at % text.length;
        text = text.slice(0, start) + insert + text.slice(start + length);
      }
      const result = load(text);
      if (!result.ok) checkDiagnostics(result.diagnostics, text);
    }),
    { numRuns: 300 },
  );
});

Deno.test("random bytes are accepted or refused, never thrown", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const result = load(bytes);
      if (!result.ok) checkDiagnostics(result.diagnostics, new TextDecoder().decode(bytes));
    }),
    { numRuns: 500 },
  );
});

/** The right keys with values of every kind, in every place. */
const KEYS = [
  "admin",
  "listen",
  "token",
  "workers",
  "engine",
  "log",
  "level",
  "access_log",
  "to",
  "sample",
  "dns",
  "servers",
  "min_ttl",
  "defaults",
  "apps",
  "name",
  "ports",
  "targets",
  "address",
  "weight",
  "labels",
  "strategy",
  "type",
  "retry",
  "tcp",
  "keepalive",
  "idle",
  "idle_timeout",
  "max_connections",
  "Apps",
  "Name",
  "__proto__",
  "$schema",
];

const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "medium" },
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1.5,
      5001,
      "",
      "auto",
      "5s",
      "a:1",
      "127.0.0.1:5001",
      "round_robin",
      "${X}",
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie("value"), { maxKeys: 4 }),
  ),
}));

Deno.test("right keys with values of any kind are accepted or refused, never thrown", () => {
  const root = fc.dictionary(fc.constantFrom(...KEYS), anyValue, { maxKeys: 8 });
  const app = fc.dictionary(fc.constantFrom(...KEYS), anyValue, { maxKeys: 8 });
  fc.assert(
    fc.property(root, fc.array(app, { maxLength: 3 }), (root, apps) => {
      const text = JSON.stringify({ ...root, apps }, null, 1);
      const result = load(text);
      if (!result.ok) checkDiagnostics(result.diagnostics, text);
    }),
    { numRuns: 500 },
  );
});

/** Each has a place within the text, and an underline within its excerpt. */
function checkDiagnostics(diagnostics: readonly Diagnostic[], text: string): void {
  assert.ok(diagnostics.some(({ severity }) => severity === "error"));
  const lines = text.split("\n");
  for (const { place, message } of diagnostics) {
    assert.ok(message.length > 0 && !/[\p{Cc}]/u.test(message), message);
    if (place === null) continue;
    assert.ok(place.line >= 1 && place.line <= lines.length, `line ${place.line} of ${lines.length}`);
    assert.ok(
      place.column >= 1 && place.column <= (lines[place.line - 1] ?? "").length + 1,
      `column ${place.column}`,
    );
    assert.ok(place.width >= 1 && !/[\p{Cc}]/u.test(place.excerpt), place.excerpt);
  }
  formatDiagnostics(diagnostics, true);
}
