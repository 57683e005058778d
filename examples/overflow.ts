import type { PickRequest, Strategy, StrategyContext } from "../types/strategy.ts";

/** Open sessions of a large target from which on the small ones help. */
const LIMIT = 3;

/**
 * Targets with the label `size: large` do the work, the one with the fewest open sessions first; the others help while all
 * large ones have {@link LIMIT} open.
 */
export default class Overflow implements Strategy {
  readonly #context: StrategyContext;
  #version = -1;
  #large: readonly number[] = [];
  #small: readonly number[] = [];

  constructor(context: StrategyContext) {
    this.#context = context;
  }

  pick(request: PickRequest): number {
    const { set, targets } = this.#context;
    if (this.#version !== set.version) {
      this.#version = set.version;
      const isLarge = (target: number): boolean => targets[target]?.labels["size"] === "large";
      this.#large = [...set.members].filter(isLarge);
      this.#small = [...set.members].filter((target) => !isLarge(target));
    }
    const large = this.#leastOpen(this.#large, request, LIMIT);
    if (large >= 0) return large;
    const small = this.#leastOpen(this.#small, request, Infinity);
    return small >= 0 ? small : this.#leastOpen(this.#large, request, Infinity);
  }

  #leastOpen(targets: readonly number[], request: PickRequest, limit: number): number {
    let best = -1;
    let fewest = limit;
    for (const target of targets) {
      const open = this.#context.open(target);
      if (open >= fewest || !request.accepts(target)) continue;
      best = target;
      fewest = open;
    }
    return best;
  }
}
