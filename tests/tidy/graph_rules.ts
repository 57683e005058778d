import { dirname, join } from "node:path/posix";
import type { Layer } from "./layers.ts";
import type { ModuleFacts, Reference } from "./module_facts.ts";

/** One module that names another one of the repository. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: Reference["kind"];
  readonly line: number;
}

/** The modules of the repository and who names whom. */
export class ModuleGraph {
  readonly edges: readonly Edge[];
  readonly #byPath: ReadonlyMap<string, ModuleFacts>;

  constructor(modules: readonly ModuleFacts[]) {
    this.#byPath = new Map(modules.map((facts) => [facts.path, facts]));
    this.edges = modules.flatMap(({ path, references }) =>
      references.filter(({ specifier }) => specifier.startsWith(".")).map(({ specifier, kind, line }) => ({
        from: path,
        to: join(dirname(path), specifier),
        kind,
        line,
      }))
    );
  }

  /** Modules that are loaded with an entry, itself included; those named for their types alone are not. */
  loadedFrom(entry: string, kinds: readonly Reference["kind"][] = ["code", "dynamic"]): ModuleFacts[] {
    const reached = new Set([entry]);
    for (const path of reached) {
      for (const { from, to, kind } of this.edges) {
        if (from === path && kinds.includes(kind)) reached.add(to);
      }
    }
    return [...reached].flatMap((path) => this.#byPath.get(path) ?? []);
  }

  /** Modules that nothing among `entries` leads to, in any way. */
  unreachedFrom(entries: readonly string[]): string[] {
    const reached = new Set(entries);
    for (const path of reached) for (const { from, to } of this.edges) if (from === path) reached.add(to);
    return [...this.#byPath.keys()].filter((path) => !reached.has(path));
  }
}

/** Imports go down only, never up or sideways. */
export function checkLayers(graph: ModuleGraph, layers: Readonly<Record<string, Layer>>): string[] {
  return graph.edges.flatMap((edge) => {
    const [from, to] = [partOf(edge.from, layers), partOf(edge.to, layers)];
    if (from === to && from !== "") return [];
    const place = `${edge.from}:${edge.line}: import of ${edge.to}`;
    const [lower, upper] = [layers[to], layers[from]];
    if (upper === undefined) return [`${place}: ${edge.from} is in no layer`];
    // Data such as deno.json belongs to everyone.
    if (lower === undefined) return edge.to.endsWith(".json") ? [] : [`${place}: it is in no layer`];
    if (lower.level > upper.level) return [`${place} goes up, from ${from} to ${to}`];
    if (lower.level === upper.level) return [`${place} goes sideways, from ${from} to ${to}`];
    if (upper.only?.includes(to) === false) {
      return [`${place}: ${from} may import ${upper.only.join(", ")} only`];
    }
    return [];
  });
}

/** No module leads back to itself, not even by types; a thread's entry is started, not imported. */
export function checkCircles(graph: ModuleGraph): string[] {
  const targets = Map.groupBy(graph.edges.filter(({ kind }) => kind !== "worker"), ({ from }) => from);
  const done = new Set<string>();
  const findings: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path);
    if (at >= 0) findings.push(`circle of imports: ${[...way.slice(at), path].join(" -> ")}`);
    if (at >= 0 || done.has(path)) return;
    for (const { to } of targets.get(path) ?? []) visit(to, [...way, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return findings;
}

/** A package is imported from its own folders only; tests may import any that is known. */
export function checkPackages(
  modules: readonly ModuleFacts[],
  packages: Readonly<Record<string, readonly string[]>>,
): string[] {
  return packageImports(modules).flatMap(({ path, line, name }) => {
    const folders = packages[name];
    if (folders === undefined) {
      return [`${path}:${line}: package "${name}" has no folder in tests/tidy/layers.ts`];
    }
    if (path.startsWith("tests/") || folders.some((folder) => path.startsWith(`${folder}/`))) return [];
    return [`${path}:${line}: package "${name}" is imported from ${folders.join(", ") || "tests"} only`];
  });
}

/** What is loaded with an entry loads no package. */
export function checkPackageFree(graph: ModuleGraph, entry: string): string[] {
  return packageImports(graph.loadedFrom(entry)).filter(({ kind }) => kind !== "type").map((
    { path, line, name },
  ) => `${path}:${line}: package "${name}" is loaded with ${entry}`);
}

/** No package of these names is loaded with the entry; what is loaded later, where it is needed, is not. */
export function checkLoadedLater(graph: ModuleGraph, entry: string, names: readonly string[]): string[] {
  return packageImports(graph.loadedFrom(entry, ["code"])).flatMap(({ path, line, name, kind }) =>
    kind === "code" && names.includes(name)
      ? [`${path}:${line}: package "${name}" is loaded with ${entry}`]
      : []
  );
}

interface PackageImport extends Reference {
  readonly path: string;
  readonly name: string;
}

function packageImports(modules: readonly ModuleFacts[]): PackageImport[] {
  return modules.flatMap(({ path, references }) =>
    references.flatMap((reference) => {
      const name = /^(?:@[\w.-]+\/)?[\w.-]+/.exec(reference.specifier)?.[0];
      if (name === undefined || /^(\.|\w+:)/.test(reference.specifier)) return [];
      return [{ ...reference, path, name }];
    })
  );
}

/** The longest name in the table that a path is under; empty where there is none. */
function partOf(path: string, layers: Readonly<Record<string, Layer>>): string {
  const parts = Object.keys(layers).filter((part) => path === part || path.startsWith(`${part}/`));
  return parts.sort((a, b) => b.length - a.length)[0] ?? "";
}
