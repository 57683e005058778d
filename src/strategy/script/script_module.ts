import process from "node:process";
import type { ScriptSnapshot } from "../../model/snapshot.ts";
import type { CreateStrategy, Strategy, StrategyClass, StrategyContext } from "./api.ts";

/** Scripts of this thread that are kept, so that apps which are sent again do not have theirs compiled again. */
const MAX_KEPT = 16;

/** A module that is compiled from text; the runtime has no types for all of it. */
interface SourceModule {
  readonly status: string;
  readonly error: unknown;
  readonly namespace: { readonly default?: unknown };
  readonly dependencySpecifiers: readonly string[];
  linkRequests(modules: readonly never[]): void;
  instantiate(): void;
  evaluate(): Promise<unknown>;
}

type SourceModuleClass = new (code: string, options: { identifier: string }) => SourceModule;

/** A script that was run. */
export interface LoadedScript {
  readonly create: CreateStrategy | StrategyClass;
  /** Settled already, unless the script awaits something at its top level. */
  readonly evaluated: Promise<unknown>;
}

/** Why a script is refused whose top level awaits something. */
export const AWAITS = "it awaits something at its top level, and threads do not wait";

const kept = new Map<string, LoadedScript>();

/**
 * Compiles a script, without running it: synchronously, since a data thread that blocks in the kernel never comes to what
 * an `import()` resolves to; and the module is let go with the app, where imported ones stay for ever.
 * @throws {SyntaxError} by the engine's words; {TypeError} where it imports something.
 */
export function compileScript({ file, code }: Pick<ScriptSnapshot, "file" | "code">): SourceModule {
  const { SourceTextModule } = process.getBuiltinModule("node:vm") as unknown as {
    readonly SourceTextModule: SourceModuleClass;
  };
  const module = new SourceTextModule(code, { identifier: file });
  const [imported] = module.dependencySpecifiers;
  if (imported === undefined) return module;
  throw new TypeError(`it imports ${imported}, and a script stands alone: only "import type" is possible`);
}

/** Runs a script, once for a content. @throws {Error} that says why it is no strategy; what it throws itself. */
export function loadScript(script: ScriptSnapshot): LoadedScript {
  const known = kept.get(script.hash);
  if (known !== undefined) return known;
  const loaded = runScript(script);
  kept.set(script.hash, loaded);
  for (const oldest of kept.keys()) {
    if (kept.size > MAX_KEPT) kept.delete(oldest);
  }
  return loaded;
}

function runScript(script: ScriptSnapshot): LoadedScript {
  const module = compileScript(script);
  module.linkRequests([]);
  module.instantiate();
  const evaluated = module.evaluate();
  // The error is looked at below; left alone, its promise would end the thread.
  evaluated.catch(() => {});
  if (module.status === "errored") throw module.error;
  const create = defaultExport(module);
  if (create === undefined) throw new TypeError("it has no default export");
  if (typeof create !== "function") {
    throw new TypeError("its default export is neither a function nor a class");
  }
  return { create: create as CreateStrategy | StrategyClass, evaluated };
}

/** What a script that awaits something exports after that has no value yet. */
function defaultExport({ namespace }: SourceModule): unknown {
  try {
    return namespace.default;
  } catch {
    throw new TypeError(AWAITS);
  }
}

/** Has a script make its strategy. @throws {TypeError} where that is none; what the script throws. */
export function createByScript({ create }: LoadedScript, context: StrategyContext): Strategy {
  const strategy: unknown = isClass(create) ? new create(context) : create(context);
  if (typeof strategy !== "object" || strategy === null || !("pick" in strategy)) {
    throw new TypeError("what its default export makes has no pick()");
  }
  if (typeof strategy.pick !== "function") throw new TypeError("pick is no function");
  return strategy as Strategy;
}

/** Classes, unlike functions, have a prototype that cannot be replaced. */
function isClass(create: CreateStrategy | StrategyClass): create is StrategyClass {
  return Object.getOwnPropertyDescriptor(create, "prototype")?.writable === false;
}
