import { SmoothSequence } from "./smooth_sequence.ts";
import type { PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";

/** No version of a set. */
const NEVER = -1;

/**
 * The target with the fewest open sessions for its weight, over all threads; those that are equal take turns, by weight.
 *
 * Looking and taking a place are two steps, and threads take them side by side. While sessions only begin, no target of
 * `n` threads gets more than `n` sessions above that with the fewest, with equal weights: whoever looked last at a
 * target before the end saw no other with fewer, counts only grow, and of those who looked before at most the other
 * `n - 1` threads had still to take their places.
 */
class LeastConnections implements Strategy {
  readonly #context: StrategyContext;
  /** Whose turn it is among equals. */
  #sequence: SmoothSequence | null = null;
  #version = NEVER;

  constructor(context: StrategyContext) {
    this.#context = context;
  }

  pick(request: PickRequest): number {
    const { set } = this.#context;
    const { count, members, weights } = set;
    if (count === 0) return -1;
    const first = this.#placeInTurn();
    let best = -1;
    let bestOpen = 0;
    let bestWeight = 1;
    for (let step = 0, place = first; step < count; step++, place = place + 1 === count ? 0 : place + 1) {
      const target = members[place]!;
      const open = this.#context.open(target);
      const weight = weights[target]!;
      if (best >= 0 && open * bestWeight >= bestOpen * weight) continue;
      if (!request.accepts(target)) continue;
      // Nothing is below it, and it stands before all that are equal.
      if (open === 0) return target;
      best = target;
      bestOpen = open;
      bestWeight = weight;
    }
    return best;
  }

  /** Where the target whose turn it is stands among the members. */
  #placeInTurn(): number {
    const { set } = this.#context;
    const sequence = this.#sequence ??= new SmoothSequence(set.weights);
    if (this.#version !== set.version) {
      this.#version = set.version;
      sequence.assign(set.weights);
    }
    const target = sequence.at(this.#context.nextCursor());
    let low = 0;
    let high = set.count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (set.members[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The registry's entry. */
export const leastConnections: StrategyKind = {
  name: "least_connections",
  summary: "the one with the fewest open sessions for its weight, over all threads; equals take turns",
  isWeighted: true,
  create: (context) => new LeastConnections(context),
};
