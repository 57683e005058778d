import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { Problem } from "./diagnostic.ts";
import type { Span } from "./source_text.ts";

/** Objects and lists inside each other; a config needs 7. */
export const MAX_DEPTH = 32;
/** Values that aliases may add to a file, all together: more is an alias bomb ("billion laughs"). */
export const MAX_ALIASED_NODES = 100_000;

/** A config as plain objects, lists and scalars. */
export interface PlainValue {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Whether the value is incomplete, so that looking further into it would only mislead. */
  readonly incomplete: boolean;
  /** Which node an alias stands for. */
  readonly aliases: ReadonlyMap<Node, Node>;
}

/**
 * Third stage: syntax tree to plain values. Aliases are followed; duplicate keys, keys that are no text, unknown aliases,
 * too deep nesting and alias bombs are reported.
 */
export function plainValue(document: Document.Parsed): PlainValue {
  const reader = new Reader();
  const value = reader.read(document.contents, 0);
  return { value, problems: reader.problems, incomplete: reader.incomplete, aliases: reader.aliases };
}

class Reader {
  readonly problems: Problem[] = [];
  readonly aliases = new Map<Node, Node>();
  incomplete = false;
  readonly #anchors = new Map<string, Node>();
  readonly #reported = new Set<Node>();
  #aliasDepth = 0;
  #aliasedNodes = 0;

  read(node: unknown, depth: number): unknown {
    if (this.#aliasDepth > 0 && this.#aliasedNodes++ > MAX_ALIASED_NODES) return undefined;
    if (isAlias(node)) return this.#readAlias(node, depth);
    if (isScalar(node)) {
      this.#anchor(node);
      return node.value;
    }
    if (!isMap(node) && !isSeq(node)) return null;
    this.#anchor(node);
    if (depth >= MAX_DEPTH) {
      this.#stop(node, {
        code: "nesting",
        message: `nested too deeply: at most ${MAX_DEPTH} levels`,
        span: spanOf(node),
      });
      return undefined;
    }
    return isMap(node) ? this.#readMap(node, depth) : node.items.map((item) => this.read(item, depth + 1));
  }

  #readMap(map: YAMLMap, depth: number): unknown {
    const value: Record<string, unknown> = {};
    const keys = new Map<string, Node>();
    for (const pair of map.items) {
      const key = this.#key(pair, depth);
      if (key === undefined) continue;
      const first = keys.get(key);
      const node = pair.key as Node;
      if (first !== undefined) {
        // Keys of a map that several aliases name are read several times, but wrong once.
        this.#report(node, {
          code: "duplicate_key",
          message: `duplicate key "${key}"`,
          span: spanOf(node),
          related: [{ message: "first used here", span: spanOf(first) }],
        });
        continue;
      }
      keys.set(key, node);
      const entry = this.read(pair.value, depth + 1);
      // A plain assignment to "__proto__" would change the object's prototype.
      Object.defineProperty(value, key, {
        value: entry,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return value;
  }

  #key(pair: Pair, depth: number): string | undefined {
    const { key } = pair;
    if (isScalar(key)) {
      this.#anchor(key);
      return String(key.value);
    }
    const node = key as Node;
    this.read(node, depth + 1);
    this.#report(node, { code: "syntax", message: "a key must be plain text", span: spanOf(node) });
    return undefined;
  }

  #readAlias(alias: Node & { source: string }, depth: number): unknown {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) {
      this.#stop(alias, {
        code: "alias",
        message: `unknown alias "*${alias.source}": no anchor "&${alias.source}" stands before it`,
        span: spanOf(alias),
      });
      return undefined;
    }
    this.aliases.set(alias, target);
    this.#aliasDepth++;
    const value = this.read(target, depth + 1);
    this.#aliasDepth--;
    if (this.#aliasDepth === 0 && this.#aliasedNodes > MAX_ALIASED_NODES && !this.incomplete) {
      this.#stop(alias, {
        code: "alias",
        message: `aliases expand to more than ${MAX_ALIASED_NODES} values`,
        span: spanOf(alias),
        hints: ["use the key defaults for what apps have in common"],
      });
    }
    return value;
  }

  #anchor(node: Node & { anchor?: string }): void {
    if (node.anchor !== undefined && this.#aliasDepth === 0) this.#anchors.set(node.anchor, node);
  }

  #report(node: Node, problem: Problem): void {
    if (this.#reported.has(node)) return;
    this.#reported.add(node);
    this.problems.push(problem);
  }

  #stop(node: Node, problem: Problem): void {
    this.incomplete = true;
    this.#report(node, problem);
  }
}

/** Where a node's own text stands, without the space after it. */
export function spanOf(node: Node | null | undefined): Span {
  const range = node?.range;
  return range === null || range === undefined ? [0, 0] : [range[0], range[1]];
}
