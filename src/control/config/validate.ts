import type * as z from "zod";
import { systemClock } from "../../base/clock.ts";
import { type AppConfig, type Config, configSchema } from "../../model/config.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import { logFileProblem } from "../files/log_file_problem.ts";
import { type ReadTextFile, readTextFile } from "../files/read_text_file.ts";
import type { ScriptSubject } from "../scripts/try_script.ts";
import { withScriptPaths } from "../scripts/script_paths.ts";
import { describeIssue } from "./describe_issue.ts";
import type { Problem } from "./diagnostic.ts";
import type { Locator, Path } from "./locate.ts";
import { checkRules } from "./rules/rules.ts";

/** What validation needs to know from outside. */
export interface ValidateOptions {
  /** Names of the strategies that exist. */
  readonly strategies: readonly string[];
  /** Folder at which relative paths of scripts start; the current one unless given. */
  readonly folder?: string;
  /** Reads the files that the config names; from the disk unless given. */
  readonly readFile?: ReadTextFile;
  /** Why a certificate does not work with its key, where it was tried; null where that is not so, or not known. */
  failedPair?(pair: ServerCertificate): string | null;
  /** Why a script does not work for its app, as `failedPair`. */
  failedScript?(subject: ScriptSubject): string | null;
  /** Why no log file of that path can be made; looked up on the disk unless given. */
  logFileProblem?(path: string): string | null;
  /** Now, since the Unix epoch; the machine's time unless given. */
  readonly wallTimeMs?: number;
  /** Apps of the config that stand in parts of the text which are not read; none unless given. */
  readonly otherApps?: readonly AppConfig[];
}

/** A config as plain values, and how to find its places. */
export interface ValidateInput {
  readonly value: unknown;
  readonly locator: Locator;
  readonly unresolved: ReadonlySet<unknown>;
  readonly alternatives: ReadonlyMap<unknown, unknown>;
}

/** A checked config: null where there is an error among the problems. */
export interface Validated {
  readonly config: Config | null;
  readonly problems: readonly Problem[];
}

/** What is known of the rest of the world unless it is given. */
const OUTSIDE = {
  folder: "",
  readFile: readTextFile,
  failedPair: () => null,
  failedScript: () => null,
  logFileProblem,
};

/** Findings of the schema that are put into words; a file with more is junk. */
const MAX_ISSUES = 10_000;

/**
 * Last stage: the schema, then the rules that look at several values at once. The rules run even where the schema found
 * something, on what is valid, so that one run shows every mistake.
 */
export function validate(input: ValidateInput, options: ValidateOptions): Validated {
  let result = configSchema.safeParse(input.value);
  if (!result.success && takeAlternatives(input, result.error.issues)) {
    result = configSchema.safeParse(input.value);
  }
  const config = result.data === undefined ? undefined : withScriptPaths(result.data, options.folder ?? "");
  const problems = [
    ...schemaProblems(input, (result.error?.issues ?? []).slice(0, MAX_ISSUES)),
    ...checkRules({
      ...input,
      config,
      ...OUTSIDE,
      wallTimeMs: systemClock.wallTime(),
      ...options,
    }),
  ];
  const isWrong = problems.some((problem) => problem.severity !== "warning");
  return { config: config === undefined || isWrong ? null : config, problems };
}

/** Reads interpolated values in their other way where the first one was refused. @returns whether there were any. */
function takeAlternatives(
  { value, locator, alternatives }: ValidateInput,
  issues: readonly z.core.$ZodIssue[],
): boolean {
  if (alternatives.size === 0) return false;
  let taken = false;
  for (const path of issues.flatMap(typeIssuePaths)) {
    const node = locator.node(path);
    const parent = valueAt(value, path.slice(0, -1));
    if (!alternatives.has(node) || typeof parent !== "object" || parent === null) continue;
    (parent as Record<PropertyKey, unknown>)[path.at(-1) ?? ""] = alternatives.get(node);
    taken = true;
  }
  return taken;
}

/** Where a value of another type was wanted, also within the alternatives of a union. */
function typeIssuePaths(issue: z.core.$ZodIssue): Path[] {
  if (issue.code === "invalid_type" || issue.code === "invalid_value") return [issue.path];
  if (issue.code !== "invalid_union") return [];
  return issue.errors.flat().flatMap(typeIssuePaths).map((path) => [...issue.path, ...path]);
}

function schemaProblems(
  { value, locator, unresolved }: ValidateInput,
  issues: readonly z.core.$ZodIssue[],
): Problem[] {
  const context = { schema: configSchema, valueAt: (path: Path) => valueAt(value, path) };
  const descriptions = issues.filter(({ path }) => !isInherited(value, path))
    .flatMap((issue) => describeIssue(issue, context))
    // Within a key that has several forms a part may be inherited, too.
    .filter(({ path }) => !isInherited(value, path))
    .filter(({ path, key }) =>
      key === undefined ? !unresolved.has(locator.node(path)) : valueAt(value, [...path, key]) !== undefined
    );
  const meant = new Set(descriptions.map(({ path, meant }) => [...path, meant].join("\0")));
  return descriptions.filter(({ code, path }) => code !== "missing_key" || !meant.has(path.join("\0")))
    .map(({ code, path, message, hints, key }) => ({
      code,
      message,
      hints,
      span: (key === undefined ? undefined : locator.key(path, key)) ?? locator.value(path),
    }));
}

/** What every app has of its own, wherever else it is written. */
const OWN_KEYS: ReadonlySet<PropertyKey | undefined> = new Set(["name", "ports", "targets"]);

/** What is taken from one place, and not key by key. */
const TAKEN_WHOLE: ReadonlySet<PropertyKey | undefined> = new Set(["strategy"]);

/** What an app has from `defaults`, or `defaults` from the top level, is wrong only once: where it is written. */
function isInherited(value: unknown, path: Path): boolean {
  const inDefaults = path[0] === "defaults";
  if (!inDefaults && path[0] !== "apps") return false;
  if (valueAt(value, path) !== undefined) return false;
  const own = path.slice(inDefaults ? 1 : 2);
  if (own.length === 0) return false;
  if (OWN_KEYS.has(own[0])) return false;
  const whole = path.slice(0, path.length - own.length + 1);
  if (TAKEN_WHOLE.has(own[0]) && valueAt(value, whole) !== undefined) return false;
  return own[0] === "engine" || (!inDefaults && valueAt(value, ["defaults", ...own]) !== undefined);
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}
