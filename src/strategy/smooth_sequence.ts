/**
 * The order of nginx's smooth weighted round robin (commit 52327e0, 2012): at each step every current weight grows by
 * its target's weight, the largest is chosen and lowered by the total. Weights 5, 1, 1 give a a b a c a a.
 *
 * The order repeats after total / gcd steps, so it is a pure function of the position. That makes it exact over many
 * threads: they share only a position, never the current weights.
 */
export class SmoothSequence {
  /** Steps after which the order repeats; 0 when no target has a weight. */
  readonly period: number;
  readonly #weights: Int32Array;
  readonly #current: Int32Array;
  readonly #total: number;
  readonly #order: number[] = [];

  /** @param weights one a target, integers, 0 takes no part. */
  constructor(weights: readonly number[]) {
    const divisor = weights.reduce(greatestCommonDivisor, 0) || 1;
    this.#weights = Int32Array.from(weights, (weight) => weight / divisor);
    this.#current = new Int32Array(weights.length);
    this.#total = this.#weights.reduce((sum, weight) => sum + weight, 0);
    this.period = this.#total;
  }

  /** Index of the target at a position (any non-negative integer), -1 when no target has a weight. */
  at(position: number): number {
    if (this.period === 0) return -1;
    const step = position % this.period;
    // Steps are worked out when first asked for: a large period costs nothing until it is used.
    while (this.#order.length <= step) this.#order.push(this.#next());
    return this.#order[step] ?? -1;
  }

  #next(): number {
    const current = this.#current;
    let best = -1;
    let bestWeight = 0;
    for (let i = 0; i < current.length; i++) {
      const weight = this.#weights[i] ?? 0;
      if (weight === 0) continue;
      const grown = (current[i] ?? 0) + weight;
      current[i] = grown;
      if (best < 0 || grown > bestWeight) {
        best = i;
        bestWeight = grown;
      }
    }
    current[best] = bestWeight - this.#total;
    return best;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
