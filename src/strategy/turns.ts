import type { TargetSnapshot } from "../model/snapshot.ts";
import { SmoothSequence } from "./smooth_sequence.ts";
import type { PickRequest } from "./strategy.ts";

/** Targets that are looked at for each pick. Up to so many, all of them are. */
export const LOOKS = 64;

/**
 * The turns of the targets that are available. Of many targets only some are looked at for each pick, in rotation, and
 * besides the one whose turn it is; where that is out the next one in the list that is available stands in for it. So
 * what went or came back counts in the order a few picks late.
 */
export class Turns {
  readonly #targets: readonly TargetSnapshot[];
  /** Weights of the targets that were available when last looked at, or were not looked at yet; 0 of the others. */
  readonly #weights: Int32Array;
  /** The order by these weights. */
  readonly #sequence: SmoothSequence;
  /** Where to look next. */
  #at = 0;
  /** The weights changed, and the order not yet. */
  #isStale = false;

  constructor(targets: readonly TargetSnapshot[]) {
    this.#targets = targets;
    this.#weights = new Int32Array(targets.length);
    // In a loop: `Int32Array.from` takes ten times as long.
    for (let at = 0; at < targets.length; at++) this.#weights[at] = targets[at]!.weight;
    this.#sequence = new SmoothSequence(this.#weights);
  }

  /** Looks what is available now, at all targets where none is known to be; false for nothing at all. */
  look(request: PickRequest): boolean {
    const count = this.#targets.length;
    const sequence = this.#sequence;
    if (sequence.period > 0) this.#look(request, Math.min(LOOKS, count));
    if (sequence.period === 0) this.#look(request, count);
    return sequence.period > 0;
  }

  /** Whose turn it is at a position, after {@link look}; -1 when everything went since. */
  at(position: number, request: PickRequest): number {
    const weights = this.#weights;
    const count = weights.length;
    let target = this.#sequence.at(position);
    if (count <= LOOKS) return target;
    for (let step = 0; step < count; step++) {
      if (request.isAvailable(target)) return target;
      if (weights[target] !== 0) {
        weights[target] = 0;
        this.#isStale = true;
      }
      if (++target === count) target = 0;
    }
    return -1;
  }

  #look(request: PickRequest, count: number): void {
    const targets = this.#targets;
    const weights = this.#weights;
    let at = this.#at;
    for (; count > 0; count--) {
      const weight = request.isAvailable(at) ? targets[at]!.weight : 0;
      if (weight !== weights[at]) {
        weights[at] = weight;
        this.#isStale = true;
      }
      if (++at === weights.length) at = 0;
    }
    this.#at = at;
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#sequence.assign(weights);
  }
}
