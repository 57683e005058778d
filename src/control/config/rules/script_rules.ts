import { scriptPath, scriptSubject } from "../../scripts/app_scripts.ts";
import { failedScript, prepareScript, readScript, type ScriptProblem } from "../../scripts/script_file.ts";
import { pathOfScript } from "../../scripts/script_paths.ts";
import { field, list } from "./app_view.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import type { RuleInput } from "./rule.ts";

/** A script as it is written, and where. */
interface Written {
  readonly file: string;
  readonly path: Path;
}

/** Scripts can be read and compile, make a strategy for each app that has them, and return; one problem each place. */
export function scripts(input: RuleInput): Problem[] {
  const { value, config, locator } = input;
  const inDefaults = writtenIn(field(value, "defaults"), ["defaults"], input);
  const inApps = list(field(value, "apps")).map((app, index) => writtenIn(app, ["apps", index], input));
  const found = new Map<Written, ScriptProblem>();
  for (const written of [inDefaults, ...inApps]) {
    const problem = written === null ? null : problemOf(written, input);
    if (written !== null && problem !== null) found.set(written, problem);
  }
  for (const [index, app] of (config?.apps ?? []).entries()) {
    const path = scriptPath(app.strategy);
    const written = inApps[index] ?? inDefaults;
    const read = path === null ? null : readScript(path, input.readFile);
    if (written === null || read?.ok !== true) continue;
    const failure = input.failedScript(scriptSubject(app, read.value));
    if (failure === null) continue;
    // Who tried it knows the place of a mistake.
    const hints = found.get(written)?.hints ?? [];
    found.set(written, { ...failedScript(read.value, failure), hints });
  }
  return [...found].map(([{ path }, { message, hints }]): Problem => ({
    code: "script",
    message,
    hints,
    span: locator.value(path),
  }));
}

/** What shows without running it. */
function problemOf({ file }: Written, { folder, readFile }: RuleInput): ScriptProblem | null {
  const read = readScript(pathOfScript(file, folder), readFile);
  const result = read.ok ? prepareScript(read.value) : read;
  return result.ok ? null : result.problems[0] ?? null;
}

/** The script of an app or of `defaults`, null for none, or none that is known. */
function writtenIn(owner: unknown, path: Path, { locator, unresolved }: RuleInput): Written | null {
  const outer = field(owner, "strategy");
  const inner = field(outer, "strategy");
  const [strategy, at] = field(outer, "type") === "script"
    ? [outer, [...path, "strategy", "file"]]
    : [inner, [...path, "strategy", "strategy", "file"]];
  const file = field(strategy, "file");
  if (field(strategy, "type") !== "script" || typeof file !== "string" || file === "") return null;
  return unresolved.has(locator.node(at)) ? null : { file, path: at };
}
