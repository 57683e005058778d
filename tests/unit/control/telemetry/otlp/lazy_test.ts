import assert from "node:assert/strict";
import { REPO_ROOT } from "../../../../../scripts/repo_root.ts";

interface GraphModule {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier?: string };
    readonly isDynamic?: boolean;
  }[];
}

/** Modules that are loaded when the program starts, as Deno itself sees it: not those that are imported later. */
async function loadedAtStart(entry: string): Promise<Set<string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: REPO_ROOT,
  }).output();
  const { roots, modules }: { roots: string[]; modules: GraphModule[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set(roots);
  for (const specifier of loaded) {
    for (const { code, isDynamic } of bySpecifier.get(specifier)?.dependencies ?? []) {
      if (code?.specifier !== undefined && isDynamic !== true) loaded.add(code.specifier);
    }
  }
  return loaded;
}

Deno.test("what is loaded to run the proxy has nothing of OpenTelemetry's packages, the first batch has", async () => {
  const isPackage = (specifier: string): boolean => specifier.includes("@opentelemetry/");
  const atStart = await loadedAtStart("src/cli/run.ts");
  assert.ok([...atStart].some((specifier) => specifier.endsWith("/otlp/otlp.ts")));
  assert.deepEqual([...atStart].filter(isPackage), []);
  const encoder = await loadedAtStart("src/control/telemetry/otlp/encoding/encode.ts");
  assert.ok([...encoder].some(isPackage));
});
