import type { PlacementNode } from "../model/placement.ts";

/** Which nodes have the labels that apps require; worked out once for all apps that require the same. */
export class LabelIndex {
  readonly #masks = new Map<string, Uint8Array>();

  constructor(private readonly nodes: readonly PlacementNode[]) {}

  /** For each node 1 where it has all of these labels, else 0. */
  mask(required: Readonly<Record<string, string>>): Uint8Array {
    const wanted = Object.entries(required).toSorted(([a], [b]) => a < b ? -1 : 1);
    const key = wanted.length === 0 ? "" : JSON.stringify(wanted);
    let mask = this.#masks.get(key);
    if (mask === undefined) {
      mask = Uint8Array.from(
        this.nodes,
        ({ labels }) =>
          wanted.every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value) ? 1 : 0,
      );
      this.#masks.set(key, mask);
    }
    return mask;
  }
}
