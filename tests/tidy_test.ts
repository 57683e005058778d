/**
 * Keeps the repository to its own rules. The rules are in tests/tidy, as functions and tables; here they meet the tree.
 * @module
 */
import assert from "node:assert/strict";
import { REPO_ROOT } from "../scripts/repo_root.ts";
import { WORKER_ENTRIES } from "../scripts/worker_entries.ts";
import { REAL_TIME_EXCEPTIONS, SLEEP_EXCEPTIONS } from "./tidy/exceptions.ts";
import {
  checkCircles,
  checkLayers,
  checkLoadedLater,
  checkPackageFree,
  checkPackages,
  ModuleGraph,
} from "./tidy/graph_rules.ts";
import { DASHBOARD_ENTRY, DATA_ENTRY, LAYERS, PACKAGES } from "./tidy/layers.ts";
import { moduleFacts } from "./tidy/module_facts.ts";
import { repoFiles, repoPaths } from "./tidy/repo_files.ts";
import {
  checkDocs,
  checkExceptions,
  checkRealTime,
  checkSleeps,
  checkSource,
  WARN_LINES,
} from "./tidy/source_rules.ts";
import { checkLinks, checkMachinePaths, checkVersions } from "./tidy/text_rules.ts";

const files = await repoFiles(REPO_ROOT);
const modules = files.filter(({ path }) => /\.tsx?$/.test(path)).map(({ path, text }) =>
  moduleFacts(path, text)
);
const program = modules.filter(({ path }) => /^(?:src|scripts)\/|^main\.ts$/.test(path));
const graph = new ModuleGraph(modules);

/** Shown, but nothing fails. */
function note(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** All findings of a rule at once. */
function assertNone(findings: readonly string[]): void {
  assert.ok(findings.length === 0, `\n${findings.join("\n")}\n`);
}

Deno.test("tidy: the tree is seen", () => {
  assert.ok(modules.some(({ path }) => path === "main.ts"));
  assert.ok(
    graph.edges.some(({ from, to, kind }) =>
      kind === "worker" && from === "src/cli/run.ts" && to === DATA_ENTRY
    ),
  );
  assert.ok(graph.edges.length > program.length);
});

Deno.test("tidy: names, length, imports, comments", () => {
  const long = modules.filter(({ lines }) => lines > WARN_LINES);
  if (long.length > 0) {
    note(`think of splitting: ${long.map(({ path, lines }) => `${path} (${lines})`).join(", ")}`);
  }
  assertNone(modules.flatMap(checkSource));
});

Deno.test("tidy: every export of the program has a doc comment", () =>
  assertNone(program.flatMap(checkDocs)));

Deno.test("tidy: real time and chance are in src/base alone", () =>
  assertNone([
    ...modules.flatMap((facts) => checkRealTime(facts, REAL_TIME_EXCEPTIONS)),
    ...checkExceptions(modules, REAL_TIME_EXCEPTIONS),
  ]));

Deno.test("tidy: tests wait for events, not for time", () =>
  assertNone([
    ...modules.flatMap((facts) => checkSleeps(facts, SLEEP_EXCEPTIONS)),
    ...checkExceptions(modules, SLEEP_EXCEPTIONS),
  ]));

Deno.test("tidy: imports go down only", () => assertNone(checkLayers(graph, LAYERS)));

Deno.test("tidy: no circle of imports", () => assertNone(checkCircles(graph)));

Deno.test("tidy: each package has one place", () => assertNone(checkPackages(modules, PACKAGES)));

Deno.test("tidy: data threads load no package", () => assertNone(checkPackageFree(graph, DATA_ENTRY)));

Deno.test("tidy: a proxy without a region loads no package of regions", () => {
  const packages = Object.entries(PACKAGES).filter(([, folders]) =>
    folders.every((folder) => folder.startsWith("src/region/"))
  );
  const names = packages.map(([name]) => name).filter((name) => PACKAGES[name]!.length > 0);
  assert.ok(names.includes("@nats-io/kv"));
  for (const entry of ["src/cli/run.ts", "src/cli/config_file.ts", "main.ts"]) {
    assertNone(checkLoadedLater(graph, entry, names));
  }
});

Deno.test("tidy: thread entries are known to the compiler", () => {
  const started = graph.edges.filter(({ from, kind }) => kind === "worker" && from.startsWith("src/"));
  assert.deepEqual([...new Set(started.map(({ to }) => to))].sort(), [...WORKER_ENTRIES].sort());
});

Deno.test("tidy: packages have exact versions", () =>
  assertNone(files.filter(({ path }) => path === "deno.json").flatMap(checkVersions)));

Deno.test("tidy: nothing names a directory of someone's machine", () =>
  assertNone(files.flatMap(checkMachinePaths)));

Deno.test("tidy: links between pages lead somewhere", async () => {
  const paths = new Set(await repoPaths(REPO_ROOT));
  assertNone(files.filter(({ path }) => path.endsWith(".md")).flatMap((file) => checkLinks(file, paths)));
});

Deno.test("tidy: nothing is unused", () => {
  const outside = modules.filter(({ path }) => /^(?:scripts|bench)\//.test(path)).map(({ path }) => path);
  const unused = graph.unreachedFrom(["main.ts", DASHBOARD_ENTRY, ...outside]).filter((path) =>
    path.startsWith("src/")
  );
  assertNone(unused.map((path) => `${path}: nothing leads to it`));
});
