import { type Document, isMap, isScalar, isSeq, type Scalar } from "yaml";
import { INTERPOLATED_MAX_CHARS, REFERENCE_DEPTH_MAX } from "../../base/limits.ts";
import { formatSize } from "../../base/size.ts";
import type { Problem } from "./diagnostic.ts";
import { didYouMean } from "./did_you_mean.ts";
import { MAX_DEPTH } from "./plain_value.ts";
import { type BrokenReference, findReferences, type Part } from "./references.ts";
import type { Span } from "./source_text.ts";

/** Looks up an environment variable. */
export interface Environment {
  get(name: string): string | undefined;
  /** Names that exist, for suggestions; empty where they may not be listed. */
  names(): readonly string[];
}

/** The process's own environment. */
export const processEnvironment: Environment = {
  get: (name) => Deno.env.get(name),
  names: () => Object.keys(Deno.env.toObject()),
};

/** What interpolation came to. */
export interface Interpolation {
  readonly problems: readonly Problem[];
  /** Scalars that kept their text because a variable is missing: nothing more is to be said about their values. */
  readonly unresolved: ReadonlySet<unknown>;
  /**
   * Scalars that can be read in another way, and what they are then: text that looks like a number or a boolean may have
   * been meant as either, and only the schema knows.
   */
  readonly alternatives: ReadonlyMap<unknown, unknown>;
}

/**
 * Second stage: replaces `${NAME}` and `${NAME:-default}` in values by environment variables; `$$` is a dollar, any other
 * dollar stays. Like the shell's `:-`, the default also stands in for an empty variable, and may hold references itself.
 * It works on the syntax tree, so the content of a variable is always part of one value and never becomes structure. What
 * the value then is (`${N}` can be a number, or text of digits) is first taken as YAML has it, by the absence of quotes;
 * the schema may want the other.
 */
export function interpolate(document: Document.Parsed, text: string, env: Environment): Interpolation {
  const problems: Problem[] = [];
  const unresolved = new Set<unknown>();
  const alternatives = new Map<unknown, unknown>();
  const budget: Budget = { left: INTERPOLATED_MAX_CHARS };
  const walk = (node: unknown, depth: number): void => {
    if (isMap(node) && depth < MAX_DEPTH) { for (const pair of node.items) walk(pair.value, depth + 1); }
    if (isSeq(node) && depth < MAX_DEPTH) { for (const item of node.items) walk(item, depth + 1); }
    if (!isScalar(node) || typeof node.value !== "string" || !node.value.includes("$")) return;
    const { value, faults } = expand(node.value, env, budget);
    if (faults.length > 0 || budget.left < 0) {
      const locate = locator(node.value, text, node);
      for (const { start, end, ...fault } of faults) problems.push({ ...fault, span: locate(start, end) });
      unresolved.add(node);
      return;
    }
    const typed = retype(value, document);
    const plain = node.type === "PLAIN" && node.tag === undefined;
    node.value = plain ? typed : value;
    if (typed !== value) alternatives.set(node, plain ? value : typed);
  };
  walk(document.contents, 0);
  return { problems, unresolved, alternatives };
}

/** How many characters variables may still add; below 0 when it was told that they are too many. */
interface Budget {
  left: number;
}

/** A problem whose place is still one in the value. */
interface Fault extends Omit<Problem, "span"> {
  readonly start: number;
  readonly end: number;
}

/** The value with its variables, or what is wrong with it, in order. */
function expand(
  value: string,
  env: Environment,
  budget: Budget,
): { readonly value: string; readonly faults: readonly Fault[] } {
  const { parts, broken } = findReferences(value);
  const faults: Fault[] = broken.map((reference) => brokenReference(reference, value));
  const join = (parts: readonly Part[]): string => parts.map(resolve).join("");
  const resolve = (part: Part): string => {
    if (typeof part === "string") return part;
    const { name, fallback, start, end } = part;
    const found = env.get(name);
    if (fallback !== null && (found === undefined || found === "")) return join(fallback);
    if (found === undefined) {
      faults.push({ ...missing(name, env), start, end });
      return "";
    }
    const isToldAlready = budget.left < 0;
    budget.left -= found.length;
    if (budget.left >= 0) return found;
    if (!isToldAlready) faults.push({ ...TOO_MUCH, start, end });
    return "";
  };
  const expanded = join(parts);
  return { value: expanded, faults: faults.toSorted((a, b) => a.start - b.start) };
}

/**
 * Finds places of a value in the text. They are to be asked for in order, so that all together take linear time. Escapes
 * in quoted text can hide a reference from the search; then the whole value is marked.
 */
function locator(value: string, text: string, node: Scalar): (start: number, end: number) => Span {
  const [first, last] = node.range ?? [0, 0];
  let inValue = value.indexOf("${");
  let inText = text.indexOf("${", first);
  return (start, end) => {
    while (inValue >= 0 && inText >= 0 && inValue < start) {
      inValue = value.indexOf("${", inValue + 2);
      inText = text.indexOf("${", inText + 2);
    }
    const isFound = inText >= 0 && inText + end - start <= last &&
      text.startsWith(value.slice(start, end), inText);
    return isFound ? [inText, inText + end - start] : [first, last];
  };
}

/** Characters that are shown of what is no reference. */
const SHOWN_CHARS = 60;

function brokenReference({ reason, start, end }: BrokenReference, value: string): Fault {
  const shown = end - start > SHOWN_CHARS
    ? `${value.slice(start, start + SHOWN_CHARS)}…`
    : value.slice(start, end);
  return { code: "environment", start, end, ...brokenMessages(shown)[reason] };
}

function brokenMessages(
  shown: string,
): Record<BrokenReference["reason"], Pick<Problem, "message" | "hints">> {
  const forms = "write ${NAME} or ${NAME:-default}, or $$ for a dollar sign";
  return {
    form: { message: `"${shown}" is not a reference to an environment variable`, hints: [forms] },
    unclosed: { message: `"${shown}" has no "}" that closes it`, hints: [forms] },
    nesting: {
      message: `"${shown}" is nested too deep: at most ${REFERENCE_DEPTH_MAX} defaults within each other`,
      hints: [],
    },
  };
}

const TOO_MUCH: Omit<Problem, "span"> = {
  code: "environment",
  message: `environment variables make the config longer by more than ${formatSize(INTERPOLATED_MAX_CHARS)}`,
};

function missing(name: string, env: Environment): Omit<Problem, "span"> {
  const near = didYouMean(name, env.names());
  return {
    code: "environment",
    message: `environment variable ${name} is not set`,
    hints: [
      ...(near === undefined ? [] : [`did you mean ${near}?`]),
      `set it, or give a default: \${${name}:-default}`,
    ],
  };
}

/** Reads text as YAML reads a plain scalar: by the tags of the document's own schema. */
function retype(text: string, document: Document.Parsed): unknown {
  if (text === "") return text;
  for (const tag of document.schema.tags) {
    if (tag.default !== true || tag.collection !== undefined || tag.test?.test(text) !== true) continue;
    const resolved: unknown = tag.resolve(text, () => {}, document.options);
    return isScalar(resolved) ? resolved.value : resolved;
  }
  return text;
}
