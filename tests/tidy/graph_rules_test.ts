import assert from "node:assert/strict";
import { checkCircles, checkLayers, checkPackageFree, checkPackages, ModuleGraph } from "./graph_rules.ts";
import { DATA_ENTRY, LAYERS, PACKAGES } from "./layers.ts";
import { type ModuleFacts, moduleFacts } from "./module_facts.ts";

/** Modules from their paths and texts. */
function tree(texts: Readonly<Record<string, string>>): ModuleFacts[] {
  return Object.entries(texts).map(([path, text]) => moduleFacts(path, text));
}

/** What the layer table says about one module that names another. */
function layers(from: string, to: string): string[] {
  return checkLayers(new ModuleGraph(tree({ [from]: `import { a } from "${to}";` })), LAYERS);
}

Deno.test("tidy rules: imports down, and within a part, are fine", () => {
  assert.deepEqual(layers("main.ts", "./src/cli/program.ts"), []);
  assert.deepEqual(layers("src/cli/run.ts", "../data/worker.ts"), []);
  assert.deepEqual(layers("src/data/worker.ts", "../engine/mod.ts"), []);
  assert.deepEqual(layers("src/tools/ping.ts", "../engine/mod.ts"), []);
  assert.deepEqual(layers("src/control/daemon/threads/pool.ts", "../dns/resolver.ts"), []);
  assert.deepEqual(layers("src/cli/version_number.ts", "../../deno.json"), []);
  assert.deepEqual(layers("tests/unit/a_test.ts", "../../src/base/clock.ts"), []);
});

Deno.test("tidy rules: imports up and sideways", () => {
  const fails = (from: string, to: string, how: RegExp): void => {
    const findings = layers(from, to);
    assert.equal(findings.length, 1);
    assert.match(findings[0] ?? "", how);
  };
  fails("src/base/log.ts", "../model/config.ts", /goes up, from src\/base to src\/model/);
  fails("src/cli/run.ts", "../../main.ts", /goes up/);
  fails("src/cli/run.ts", "../../tests/kit/kit.ts", /goes up/);
  fails("src/data/worker.ts", "../control/daemon/daemon.ts", /goes sideways, from src\/data to src\/control/);
  fails("src/control/daemon/daemon.ts", "../../data/worker.ts", /goes sideways/);
  fails("src/strategy/mod.ts", "../engine/mod.ts", /goes sideways/);
  fails(
    "src/tools/ping.ts",
    "../strategy/mod.ts",
    /src\/tools may import src\/base, src\/model, src\/engine only/,
  );
  fails("src/other/a.ts", "../base/log.ts", /is in no layer/);
  fails("src/cli/a.ts", "../other/a.ts", /is in no layer/);
});

Deno.test("tidy rules: types, thread entries and dynamic imports are no way around the layers", () => {
  const texts = [
    'import type { A } from "../control/a.ts";',
    'type A = import("../control/a.ts").A;',
    'export * from "../control/a.ts";',
    'await import("../control/a.ts");',
    'new URL("../control/a.ts", import.meta.url);',
  ];
  for (const text of texts) {
    assert.equal(checkLayers(new ModuleGraph(tree({ "src/data/a.ts": text })), LAYERS).length, 1, text);
  }
});

Deno.test("tidy rules: circles", () => {
  const circles = (texts: Readonly<Record<string, string>>): string[] =>
    checkCircles(new ModuleGraph(tree(texts)));
  assert.deepEqual(
    circles({
      "a.ts": 'import "./b.ts";',
      "b.ts": 'import type { C } from "./c.ts";',
      "c.ts": 'import "./a.ts";',
    }),
    ["circle of imports: a.ts -> b.ts -> c.ts -> a.ts"],
  );
  assert.deepEqual(circles({ "a.ts": 'import "./a.ts";' }), ["circle of imports: a.ts -> a.ts"]);
  assert.deepEqual(
    circles({ "a.ts": 'import "./b.ts"; import "./c.ts";', "b.ts": 'import "./c.ts";', "c.ts": "" }),
    [],
  );
  assert.deepEqual(
    circles({ "a.ts": 'new URL("./b.ts", import.meta.url);', "b.ts": 'import "./a.ts";' }),
    [],
  );
});

Deno.test("tidy rules: packages", () => {
  const packages = (path: string, text: string): string[] => checkPackages(tree({ [path]: text }), PACKAGES);
  assert.deepEqual(packages("src/cli/a.ts", 'import { Command } from "commander";'), []);
  assert.deepEqual(packages("tests/a_test.ts", 'import fc from "fast-check";'), []);
  assert.deepEqual(packages("src/data/a.ts", 'import os from "node:os";'), []);
  assert.equal(packages("src/data/a.ts", 'import { Command } from "commander";').length, 1);
  assert.equal(packages("src/data/a.ts", 'import type { Command } from "commander";').length, 1);
  assert.equal(packages("src/control/a.ts", 'import { bearerAuth } from "hono/bearer-auth";').length, 1);
  assert.equal(packages("src/cli/a.ts", 'import fc from "fast-check";').length, 1);
  assert.equal(packages("src/cli/a.ts", 'import { a } from "@scope/unknown/part";').length, 1);
});

Deno.test("tidy rules: packages that data threads would load", () => {
  const loaded = (texts: Readonly<Record<string, string>>): string[] =>
    checkPackageFree(new ModuleGraph(tree(texts)), DATA_ENTRY);
  const model = { "src/model/config.ts": 'import * as z from "zod";' };
  const through = (text: string): Record<string, string> => ({ [DATA_ENTRY]: text, ...model });
  assert.deepEqual(loaded(through('import type { Config } from "../model/config.ts";')), []);
  assert.equal(loaded(through('import { configSchema } from "../model/config.ts";')).length, 1);
  assert.equal(loaded(through('await import("../model/config.ts");')).length, 1);
  assert.equal(loaded({ [DATA_ENTRY]: 'import "zod";' }).length, 1);
});

Deno.test("tidy rules: unused modules", () => {
  const graph = new ModuleGraph(tree({
    "main.ts": 'import "./a.ts"; import type { B } from "./b.ts"; new URL("./c.ts", import.meta.url);',
    "a.ts": 'await import("./d.ts");',
    "b.ts": "",
    "c.ts": "",
    "d.ts": "",
    "e.ts": 'import "./a.ts";',
  }));
  assert.deepEqual(graph.unreachedFrom(["main.ts"]), ["e.ts"]);
});
