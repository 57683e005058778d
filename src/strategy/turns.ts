import type { TargetSnapshot } from "../model/snapshot.ts";
import { SmoothSequence } from "./smooth_sequence.ts";
import type { PickRequest } from "./strategy.ts";

/** Targets that are looked at for each pick. Up to so many, all of them are. */
export const LOOKS = 64;

/**
 * The turns of the targets that are available. Of many targets only some are looked at for each pick, in rotation, and
 * besides the one whose turn it is; all only when that is out. So one that came back gets its turns a few picks late.
 */
export class Turns {
  readonly #targets: readonly TargetSnapshot[];
  /** Weights of the targets that were available when last looked at, 0 of the others. */
  readonly #weights: Int32Array;
  /** The order by these weights. */
  readonly #sequence: SmoothSequence;
  /** Where to look next. */
  #at = 0;

  constructor(targets: readonly TargetSnapshot[]) {
    this.#targets = targets;
    this.#weights = new Int32Array(targets.length);
    this.#sequence = new SmoothSequence(this.#weights);
  }

  /** Looks what is available now; false for nothing at all. */
  look(request: PickRequest): boolean {
    const count = this.#targets.length;
    this.#look(request, Math.min(LOOKS, count));
    if (this.#sequence.period === 0 && count > LOOKS) this.#look(request, count);
    return this.#sequence.period > 0;
  }

  /** Whose turn it is at a position, after {@link look}; -1 when everything went since. */
  at(position: number, request: PickRequest): number {
    const target = this.#sequence.at(position);
    const count = this.#targets.length;
    if (count <= LOOKS || request.isAvailable(target)) return target;
    this.#look(request, count);
    return this.#sequence.at(position);
  }

  #look(request: PickRequest, count: number): void {
    const targets = this.#targets;
    const weights = this.#weights;
    let at = this.#at;
    let changed = false;
    for (; count > 0; count--) {
      const weight = request.isAvailable(at) ? targets[at]!.weight : 0;
      if (weight !== weights[at]) {
        weights[at] = weight;
        changed = true;
      }
      if (++at === weights.length) at = 0;
    }
    this.#at = at;
    if (changed) this.#sequence.assign(weights);
  }
}
