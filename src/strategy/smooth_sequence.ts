import { NginxOrder } from "./nginx_order.ts";
import { StrideOrder } from "./stride_order.ts";
import { WeightGroups } from "./weight_groups.ts";

/**
 * Most comparisons that working out a whole period of nginx's order may take, some 35 µs. Enough for 12 targets of any
 * weights to 256, and for a thousand that share a few weights.
 */
const MAX_COMPARISONS = 12 * 12 * 256;
/** What finding the groups costs for each target, in comparisons: the two together are a pick's time. */
const COMPARISONS_PER_TARGET = 12;

/**
 * The order of weighted round robin: smooth, so that no target gets its turns in a row where others are due, and exact,
 * so that each gets its weight in every period. It is a pure function of weights and position: that makes it exact over
 * many threads, which share only a position.
 *
 * The order is nginx's where that is quick to work out, and a {@link StrideOrder} otherwise. Targets of one weight simply
 * take turns, in the order of the list.
 */
export class SmoothSequence {
  /** Steps after which the order repeats: the sum of the weights by their divisor; 0 when no target has a weight. */
  period = 0;
  readonly #groups: WeightGroups;
  /** Made when first needed, as is the next one: most apps have equal weights. */
  #nginx: NginxOrder | null = null;
  #stride: StrideOrder | null = null;
  /** Null where targets of one weight simply take turns. */
  #order: NginxOrder | StrideOrder | null = null;

  /** @param weights one a target, integers, 0 takes no part. */
  constructor(weights: ArrayLike<number>) {
    this.#groups = new WeightGroups(weights.length);
    this.assign(weights);
  }

  /** Takes other weights for as many targets. Costs time by their number, not by the weights. */
  assign(weights: ArrayLike<number>): void {
    const groups = this.#groups;
    groups.assign(weights);
    this.period = groups.total;
    this.#order = null;
    if (groups.count < 2) return;
    const comparisons = groups.count * groups.total + COMPARISONS_PER_TARGET * weights.length;
    this.#order = comparisons <= MAX_COMPARISONS
      ? this.#nginx ??= new NginxOrder(groups, weights.length)
      : this.#stride ??= new StrideOrder(groups, weights.length);
    this.#order.reset();
  }

  /** Index of the target at a position (any non-negative integer), -1 when no target has a weight. */
  at(position: number): number {
    if (this.period === 0) return -1;
    const step = position % this.period;
    return this.#order === null ? this.#groups.members[step]! : this.#order.at(step);
  }
}
