import { type Document, isMap, isScalar, isSeq, type Scalar } from "yaml";
import type { Problem } from "./diagnostic.ts";
import { didYouMean } from "./did_you_mean.ts";
import { MAX_DEPTH } from "./plain_value.ts";
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

const REFERENCE = /\$(?:\$|\{([^}]*)(\})?)/g;
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

/**
 * Second stage: replaces `${NAME}` and `${NAME:-default}` in values by environment variables; `$$` is a dollar, any other
 * dollar stays. Like the shell's `:-`, the default also stands in for an empty variable. It works on the syntax tree, so
 * the content of a variable is always part of one value and never becomes structure. What the value then is (`${N}` can be
 * a number, or text of digits) is first taken as YAML has it, by the absence of quotes; the schema may want the other.
 */
export function interpolate(document: Document.Parsed, text: string, env: Environment): Interpolation {
  const problems: Problem[] = [];
  const unresolved = new Set<unknown>();
  const alternatives = new Map<unknown, unknown>();
  const walk = (node: unknown, depth: number): void => {
    if (isMap(node) && depth < MAX_DEPTH) { for (const pair of node.items) walk(pair.value, depth + 1); }
    if (isSeq(node) && depth < MAX_DEPTH) { for (const item of node.items) walk(item, depth + 1); }
    if (!isScalar(node) || typeof node.value !== "string" || !node.value.includes("$")) return;
    const before = problems.length;
    const value = replace(node, node.value, text, env, problems);
    if (problems.length > before) {
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

function replace(node: Scalar, value: string, text: string, env: Environment, problems: Problem[]): string {
  let searchFrom = node.range?.[0] ?? 0;
  return value.replaceAll(
    REFERENCE,
    (reference: string, inner: string | undefined, closing: string | undefined) => {
      if (reference === "$$") {
        searchFrom = text.indexOf("$$", searchFrom) + 2;
        return "$";
      }
      const [span, next] = locate(reference, text, searchFrom, node);
      searchFrom = next;
      const match = closing === undefined ? null : NAME.exec(inner ?? "");
      const name = match?.[1];
      if (name === undefined) {
        problems.push({
          code: "environment",
          message: `"${reference}" is not a reference to an environment variable`,
          span,
          hints: ["write ${NAME} or ${NAME:-default}, or $$ for a dollar sign"],
        });
        return reference;
      }
      const found = env.get(name);
      const fallback = match?.[2];
      if (fallback !== undefined) return found === undefined || found === "" ? fallback : found;
      if (found !== undefined) return found;
      problems.push(missing(name, span, env));
      return reference;
    },
  );
}

/** Escapes in quoted text can hide a reference from the search; then the whole value is marked. */
function locate(reference: string, text: string, from: number, node: Scalar): [Span, number] {
  const [start, end] = node.range ?? [0, 0];
  const at = text.indexOf(reference, from);
  return at < 0 || at >= end ? [[start, end], from] : [[at, at + reference.length], at + reference.length];
}

function missing(name: string, span: Span, env: Environment): Problem {
  const near = didYouMean(name, env.names());
  return {
    code: "environment",
    message: `environment variable ${name} is not set`,
    span,
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
