import type { TargetSet } from "./target_set.ts";

/** No version of a set. */
const NEVER = -1;

/** Some of the targets of a set, for a strategy of their own. Worked out again only when the set changed. */
export class SubSet implements TargetSet {
  version = 0;
  count = 0;
  members = new Int32Array(0);
  weights = new Int32Array(0);
  #parentVersion = NEVER;

  /** @param includes whether a target of the app belongs here; its answer must stay the same. */
  constructor(private readonly parent: TargetSet, private readonly includes: (target: number) => boolean) {}

  /** Looks whether the set changed. To be called before each choice. */
  update(): void {
    const { parent } = this;
    if (this.#parentVersion === parent.version) return;
    this.#parentVersion = parent.version;
    if (this.weights.length < parent.weights.length) {
      this.members = new Int32Array(parent.weights.length);
      this.weights = new Int32Array(parent.weights.length);
    }
    let count = 0;
    let changed = 0;
    for (let target = 0; target < parent.weights.length; target++) {
      const weight = this.includes(target) ? parent.weights[target]! : 0;
      changed |= this.weights[target]! ^ weight;
      this.weights[target] = weight;
      if (weight > 0) this.members[count++] = target;
    }
    this.count = count;
    if (changed !== 0) this.version++;
  }
}
