import assert from "node:assert/strict";
import { formatDiagnostics, loadValues } from "../../../../src/control/config/mod.ts";
import { providerFile } from "../../../../src/region/providers/provider_file.ts";

const ENVIRONMENT = { get: () => undefined, names: () => [] };

async function load(text: string): Promise<unknown> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(path, text);
    const file = await loadValues(path, ENVIRONMENT, providerFile);
    return file.ok ? file.value : formatDiagnostics(file.diagnostics, false);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("provider file: what is not written has defaults", async () => {
  assert.deepEqual(await load("{ type: exec, command: [make-node], max_nodes: 9, out_at: 70% }"), {
    type: "exec",
    name_prefix: "auto-",
    min_nodes: 0,
    max_nodes: 9,
    out_at: 0.7,
    in_at: 0.5,
    cool_down: 600_000,
    join_timeout: 600_000,
    command: ["make-node"],
    env: {},
    timeout: 300_000,
  });
  const started = await load("{ type: process, config: a.yaml, directory: d, ports: 1-99, max_nodes: 1 }");
  assert.deepEqual((started as { ports: unknown }).ports, { first: 1, last: 99 });
});

Deno.test("provider file: mistakes are shown where they are", async () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["{ type: cloud, max_nodes: 1 }", /:1:9: error: type: expected exec or process, found "cloud"/],
    ["{ type: exec, max_nodes: 1 }", /command.*expected a program and its arguments/s],
    ["{ type: exec, command: [], max_nodes: 1 }", /expected a program and its arguments/],
    ["{ type: exec, command: [a], max_nodes: 1, min_nodes: 2 }", /min_nodes is larger than max_nodes/],
    [
      "{ type: exec, command: [a], max_nodes: 1, out_at: 40% }",
      /in_at has to be smaller than out_at/,
    ],
    ["{ type: exec, command: [a], max_nodes: 1, out_at: 0.8 }", /expected a share such as "80%"/],
    ["{ type: exec, command: [a], max_nodes: 1, ports: 1-2 }", /unknown key "ports"/],
  ];
  for (const [text, said] of wrong) assert.match(String(await load(text)), said, text);
});
