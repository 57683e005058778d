import type { WeightGroups } from "./weight_groups.ts";

const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Strides that are looked at; the best is taken. */
const CANDIDATES = 64;
/** Good enough to look no further: quotients of 1 to 3. */
const GOOD_QUOTIENT = 3;

/**
 * An order for many different weights, each step of which is found by itself. Every target has a stretch of `weight`
 * places on a circle of `total`; step `k` falls on place `k * stride % total`. The stride has no divisor in common with
 * the total, so that the steps of one round fall on each place once: every target gets exactly its weight. And it is
 * close to the golden section of the circle, so that steps fall evenly: by the three-gap theorem (Sós, Surányi,
 * Świerczkowski 1958) a target's turns are at two or three distances from each other, which lie within a small factor
 * of their mean as long as the quotients of the continued fraction of `stride / total` are small.
 */
export class StrideOrder {
  readonly #groups: WeightGroups;
  /** For each group where its targets' places end. */
  readonly #ends: Float64Array;
  #stride = 1;

  /** @param targets how many there are. */
  constructor(groups: WeightGroups, targets: number) {
    this.#groups = groups;
    this.#ends = new Float64Array(targets);
  }

  /** Begins again after the groups changed. */
  reset(): void {
    const { count, weights, total } = this.#groups;
    let end = 0;
    for (let group = 0; group < count; group++) {
      end += weights[group]! * this.#groups.size(group);
      this.#ends[group] = end;
    }
    this.#stride = strideFor(total);
  }

  /** Target at a step, 0 to `total - 1`. */
  at(step: number): number {
    const { count, weights, starts, members, total } = this.#groups;
    const ends = this.#ends;
    // Exact: a total is below 2^26, with a thousand times the targets that the board has room for.
    const place = step * this.#stride % total;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place < ends[middle]!) high = middle;
      else low = middle + 1;
    }
    const start = low === 0 ? 0 : ends[low - 1]!;
    return members[starts[low]! + Math.floor((place - start) / weights[low]!)]!;
  }
}

/** A stride near the golden section of a circle, without a divisor in common with it and with small quotients. */
function strideFor(total: number): number {
  const middle = Math.round(total * GOLDEN);
  let best = 1;
  let bestQuotient = Infinity;
  for (let candidate = 0; candidate < CANDIDATES && bestQuotient > GOOD_QUOTIENT; candidate++) {
    const stride = middle + (candidate & 1 ? (candidate + 1) >> 1 : -(candidate >> 1));
    const quotient = largestQuotient(total, stride, bestQuotient);
    if (quotient >= bestQuotient) continue;
    best = stride;
    bestQuotient = quotient;
  }
  return best;
}

/** Largest quotient of the continued fraction of `b / a`; `Infinity` with a common divisor, or from `tooLarge` on. */
function largestQuotient(a: number, b: number, tooLarge: number): number {
  let largest = 0;
  while (b > 1) {
    const quotient = Math.floor(a / b);
    if (quotient >= tooLarge) return Infinity;
    if (quotient > largest) largest = quotient;
    [a, b] = [b, a - quotient * b];
  }
  // The last quotient is a itself, by 1; as large as it may be it is two of the fraction's, a - 1 and 1.
  return b === 0 ? Infinity : Math.max(largest, a - 1);
}
