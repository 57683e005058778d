import type { PickRequest, TargetSet } from "../../src/strategy/mod.ts";

/** A set of targets for strategies to choose from, which a test changes. */
export class TargetList implements TargetSet {
  version = 1;
  count = 0;
  readonly members: Int32Array;
  readonly weights: Int32Array;
  readonly #configured: readonly number[];

  /** @param configured weights, one a target. */
  constructor(configured: readonly number[]) {
    this.#configured = configured;
    this.members = new Int32Array(configured.length);
    this.weights = new Int32Array(configured.length);
    this.without([]);
  }

  /** From now on all but these are in the set. */
  without(out: readonly number[]): void {
    this.count = 0;
    let changed = false;
    for (const [at, configured] of this.#configured.entries()) {
      const weight = out.includes(at) ? 0 : configured;
      changed ||= this.weights[at] !== weight;
      this.weights[at] = weight;
      if (weight > 0) this.members[this.count++] = at;
    }
    if (changed) this.version++;
  }
}

/** A session that went to some targets without success, or finds them full. */
export class PickedRequest implements PickRequest {
  readonly clientIp: string = "203.0.113.7";

  /** @param attempt as in `PickRequest`. */
  constructor(private readonly refused: readonly number[] = [], readonly attempt = 0) {}

  accepts(target: number): boolean {
    return !this.refused.includes(target);
  }
}
