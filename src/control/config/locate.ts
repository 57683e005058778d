import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import { spanOf } from "./plain_value.ts";
import type { Span } from "./source_text.ts";
import { spanWithin } from "./value_offsets.ts";

/** Where a config value stands: keys and list indexes from the root. */
export type Path = readonly PropertyKey[];

/** Finds the nodes of values, given their paths. */
export class Locator {
  /** Pairs by key, of maps that were looked into: a map with a million wrong keys is searched a million times. */
  readonly #indexes = new Map<Node, ReadonlyMap<string, Pair>>();

  constructor(
    private readonly root: Node | null,
    /** Which node an alias stands for. */
    private readonly aliases: ReadonlyMap<Node, Node>,
    /** What the nodes were read from. */
    private readonly text = "",
  ) {}

  /** The node at a path, or the deepest one on the way to it. */
  node(path: Path): Node | null {
    let node = this.root;
    for (const segment of path) {
      const child = this.#child(node, segment);
      if (child === undefined) break;
      node = child;
    }
    return node;
  }

  /**
   * What to underline for the value at a path: the value; its key where it has no text; and where it is missing, what
   * identifies the object that lacks it: its `name`, or else its first line.
   */
  value(path: Path): Span {
    let node = this.root;
    for (const [index, segment] of path.entries()) {
      const child = this.#child(node, segment);
      if (child === undefined) return this.#identity(node, path.slice(0, index));
      node = child;
    }
    if (node !== null && isScalar(node) && isEmpty(node)) {
      const key = this.key(path.slice(0, -1), path.at(-1) ?? "");
      if (key !== undefined) return key;
    }
    return spanOf(node);
  }

  /** What to underline for a part of a text that is the value at a path; the value where that cannot be told. */
  within(path: Path, start: number, end: number): Span {
    const node = this.#resolve(this.node(path));
    const span = node !== null && isScalar(node) ? spanWithin(node, this.text, start, end) : null;
    return span ?? this.value(path);
  }

  /** Where the key itself stands. */
  key(path: Path, key: PropertyKey): Span | undefined {
    const pair = this.#pair(this.#resolve(this.node(path)), key);
    return pair === undefined ? undefined : spanOf(pair.key as Node);
  }

  #identity(node: Node | null, path: Path): Span {
    const name = this.#child(node, "name");
    if (name !== undefined && name !== null && isScalar(name) && !isEmpty(name)) return spanOf(name);
    const last = path.at(-1);
    const key = last === undefined ? undefined : this.key(path.slice(0, -1), last);
    return key ?? spanOf(node);
  }

  /** Undefined where there is no such key or index; null for an empty value. */
  #child(node: Node | null, segment: PropertyKey): Node | null | undefined {
    const parent = this.#resolve(node);
    if (isSeq(parent)) return parent.items[Number(segment)] as Node | undefined;
    const pair = this.#pair(parent, segment);
    return pair === undefined ? undefined : pair.value as Node | null;
  }

  #pair(node: Node | null, key: PropertyKey): Pair | undefined {
    if (!isMap(node)) return undefined;
    let index = this.#indexes.get(node);
    if (index === undefined) {
      // Of duplicate keys the first one counts, as it does for the value.
      index = new Map(
        node.items.toReversed().flatMap((pair) => isScalar(pair.key) ? [[String(pair.key.value), pair]] : []),
      );
      this.#indexes.set(node, index);
    }
    return index.get(String(key));
  }

  #resolve(node: Node | null): Node | null {
    return node !== null && isAlias(node) ? this.aliases.get(node) ?? node : node;
  }
}

function isEmpty(node: Node): boolean {
  const [start, end] = spanOf(node);
  return start === end;
}
