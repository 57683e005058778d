import type * as z from "zod";
import { describeIssue } from "./describe_issue.ts";
import type { Problem } from "./diagnostic.ts";
import type { Locator, Path } from "./locate.ts";

/** What was written, as plain values, and how to find its places. */
export interface Written {
  readonly value: unknown;
  readonly locator: Locator;
  readonly unresolved: ReadonlySet<unknown>;
  readonly alternatives: ReadonlyMap<unknown, unknown>;
}

/** Findings of the schema that are put into words; a file with more is junk. */
const MAX_ISSUES = 10_000;

/**
 * Parses what was written by a schema, and puts into words what that finds. Interpolated values that can be read in two
 * ways are, in the one that the schema wants, in `value` as well.
 * @returns data that is undefined where there are problems.
 */
export function parseBy<S extends z.ZodType>(
  schema: S,
  input: Written,
): { readonly data: z.output<S> | undefined; readonly problems: readonly Problem[] } {
  let result = schema.safeParse(input.value);
  if (!result.success && takeAlternatives(input, result.error.issues)) result = schema.safeParse(input.value);
  return {
    data: result.data,
    problems: schemaProblems(schema, input, (result.error?.issues ?? []).slice(0, MAX_ISSUES)),
  };
}

/** Reads interpolated values in their other way where the first one was refused. @returns whether there were any. */
function takeAlternatives(
  { value, locator, alternatives }: Written,
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
  schema: z.ZodType,
  { value, locator, unresolved }: Written,
  issues: readonly z.core.$ZodIssue[],
): Problem[] {
  const context = { schema, valueAt: (path: Path) => valueAt(value, path) };
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
