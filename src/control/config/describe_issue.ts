import type * as z from "zod";
import type { DiagnosticCode } from "./diagnostic.ts";
import { didYouMean } from "./did_you_mean.ts";
import type { Path } from "./locate.ts";
import { schemaKeys, schemaWords } from "./schema_lookup.ts";

/** A finding of the schema in the words of this program. */
export interface IssueDescription {
  readonly code: DiagnosticCode;
  readonly path: Path;
  readonly message: string;
  readonly hints: readonly string[];
  /** The unknown key, where that is the finding: it is underlined instead of its value. */
  readonly key?: string;
  /** The key that was probably meant by the unknown one. */
  readonly meant?: string | undefined;
}

/** What a finding is about. */
export interface IssueContext {
  readonly schema: z.core.$ZodType;
  /** The value at a path, undefined where there is none. */
  valueAt(path: Path): unknown;
}

type Issue = z.core.$ZodIssue;

/** Puts a finding of the schema into words: what is wrong, what is allowed, what was probably meant. */
export function describeIssue(issue: Issue, context: IssueContext): IssueDescription[] {
  if (issue.code === "unrecognized_keys") {
    const allowed = schemaKeys(context.schema, issue.path, context.valueAt(issue.path));
    return issue.keys.map((key) => unknownKey(key, issue.path, allowed));
  }
  const value = context.valueAt(issue.path);
  if (value === undefined) return [missingKey(issue)];
  if (issue.code === "invalid_union") {
    if (issue.errors.length === 0 && isToldByRule(issue.path) && typeof value === "string") return [];
    // Of the alternatives only the one counts whose type fits; where none does, the schema says what all of them are.
    const fitting = issue.errors.filter((issues) =>
      !issues.some((one) => one.path.length === 0 && isWrongType(one))
    );
    const only = fitting.length === 1 ? fitting[0] ?? [] : [];
    if (only.length > 0) {
      return only.flatMap((one) => describeIssue({ ...one, path: [...issue.path, ...one.path] }, context));
    }
  }
  const words = schemaWords(context.schema, issue.path);
  return [{
    code: isWrongType(issue) ? "type" : "value",
    path: issue.path,
    message: `${subjectOf(issue.path)}: ${explain(issue, value, words)}`,
    hints: hints(issue, value, words),
  }];
}

/** Names of strategies that nobody knows are told by a rule, however they are written; those within others are not. */
function isToldByRule(path: Path): boolean {
  return path.at(-1) === "type" && path.at(-2) === "strategy" && path.at(-3) !== "strategy";
}

/** Whether the value is of another kind altogether. */
function isWrongType({ code }: Issue): boolean {
  return code === "invalid_type" || code === "invalid_value" || code === "invalid_union";
}

function unknownKey(key: string, path: Path, allowed: readonly string[]): IssueDescription {
  const near = didYouMean(key, allowed);
  const hint = key === "<<"
    ? "YAML merge keys are not supported: use the key defaults for what apps have in common"
    : near === undefined
    ? `allowed here: ${allowed.join(", ")}`
    : `did you mean "${near}"?`;
  return {
    code: "unknown_key",
    path,
    message: `unknown key "${key}"`,
    hints: [hint],
    key,
    meant: near,
  };
}

function missingKey(issue: Issue): IssueDescription {
  return {
    code: "missing_key",
    path: issue.path,
    message: `missing key "${String(issue.path.at(-1))}"`,
    hints: issue.message.startsWith("expected ") ? [issue.message] : [],
  };
}

const TYPE_NAMES: Record<string, string> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object (keys and values)",
};

function explain(issue: Issue, value: unknown, words: readonly string[]): string {
  switch (issue.code) {
    case "invalid_type":
      return `${
        issue.message.startsWith("expected ")
          ? issue.message
          : `expected ${TYPE_NAMES[issue.expected] ?? issue.expected}`
      }, found ${found(value)}`;
    case "invalid_value":
      return `expected ${alternatives(issue.values.map(String))}, found ${found(value)}`;
    case "too_small":
    case "too_big":
      return Array.isArray(value) ? issue.message : `${issue.message}, found ${found(value)}`;
    case "invalid_union":
      // A word that none of the alternatives goes by.
      if (issue.errors.length === 0) return `expected ${alternatives(words)}, found ${found(value)}`;
      return `${issue.message}, found ${found(value)}`;
    case "invalid_format":
      return `${issue.message}, found ${found(value)}`;
    case "invalid_key":
      return `the name ${issue.issues[0]?.message ?? "is not allowed"}`;
    default:
      return issue.message;
  }
}

function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function hints(issue: Issue, value: unknown, words: readonly string[]): string[] {
  const near = typeof value === "string" ? didYouMean(value, words) : undefined;
  if (near !== undefined) {
    return [near === value ? `write it without quotes: ${near}` : `did you mean "${near}"?`];
  }
  const quotable = issue.code === "invalid_type" && issue.expected === "string" &&
    (typeof value === "number" || typeof value === "boolean");
  return quotable ? [`put it in quotes: "${value}"`] : [];
}

/** `targets[1].weight` for apps, 0, targets, 1, weight: the app is clear from the place. */
export function subjectOf(path: Path): string {
  const own = path[0] === "apps" && path.length > 2 ? path.slice(2) : path;
  if (own.length === 0) return "config";
  const parts = own.map((part) => typeof part === "number" ? `[${part}]` : `.${String(part)}`);
  return parts.join("").replace(/^\./, "");
}

const MAX_SHOWN_CHARS = 60;

function found(value: unknown): string {
  if (value === null) return "no value";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value !== "string") return String(value);
  return `"${value.length > MAX_SHOWN_CHARS ? `${value.slice(0, MAX_SHOWN_CHARS)}…` : value}"`;
}
