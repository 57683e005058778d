import type { WeightGroups } from "./weight_groups.ts";

/**
 * The order of nginx's smooth weighted round robin (commit 52327e0, 2012): at each step every current weight grows by
 * its target's weight, the largest is chosen and lowered by the total. Weights 5, 1, 1 give a a b a c a a.
 *
 * At step `k` the current weight is `(k + 1) * weight - total * turns`, so of targets with one weight that with the
 * fewest turns comes next, and those take turns in the order of the list: it is enough to look at one target a group.
 */
export class NginxOrder {
  readonly #groups: WeightGroups;
  /** Targets by step, as far as they are known. */
  #order = new Int32Array(0);
  /** Steps that are known. */
  #known = 0;
  /** For each group `total` times the turns that its next target has had. */
  readonly #served: Int32Array;
  /** For each group where its next target stands among the members. */
  readonly #next: Int32Array;

  /** @param targets how many there are. */
  constructor(groups: WeightGroups, targets: number) {
    this.#groups = groups;
    this.#served = new Int32Array(targets);
    this.#next = new Int32Array(targets);
  }

  /** Begins again after the groups changed. */
  reset(): void {
    const { count, starts, total } = this.#groups;
    if (this.#order.length < total) this.#order = new Int32Array(total);
    this.#known = 0;
    for (let group = 0; group < count; group++) {
      this.#served[group] = 0;
      this.#next[group] = starts[group]!;
    }
  }

  /** Target at a step, 0 to `total - 1`. Steps are worked out when first asked for. */
  at(step: number): number {
    if (step >= this.#known) this.#workOut(step);
    return this.#order[step]!;
  }

  #workOut(last: number): void {
    const { count, weights, members, starts, total } = this.#groups;
    const order = this.#order;
    const served = this.#served;
    const next = this.#next;
    for (let step = this.#known; step <= last; step++) {
      const turn = step + 1;
      let best = 0;
      let bestWeight = Math.imul(turn, weights[0]!) - served[0]! | 0;
      for (let group = 1; group < count; group++) {
        const current = Math.imul(turn, weights[group]!) - served[group]! | 0;
        if (current < bestWeight) continue;
        if (current > bestWeight || members[next[group]!]! < members[next[best]!]!) {
          best = group;
          bestWeight = current;
        }
      }
      const at = next[best]!;
      order[step] = members[at]!;
      if (at + 1 < starts[best + 1]!) next[best] = at + 1;
      else {
        next[best] = starts[best]!;
        served[best] = served[best]! + total;
      }
    }
    this.#known = last + 1;
  }
}
