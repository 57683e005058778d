import type { PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";
import { Turns } from "./turns.ts";

/**
 * Weighted round robin, exact over all threads: each pick takes the next position of the app's shared cursor. The order is
 * that of the targets available now, so those share the load of the missing by weight.
 */
class RoundRobin implements Strategy {
  readonly #context: StrategyContext;
  /** What is available, and the order by that. Made at the first pick: there are apps by the thousand, many of them quiet. */
  #turns: Turns | null = null;

  constructor(context: StrategyContext) {
    this.#context = context;
  }

  pick(request: PickRequest): number {
    const turns = this.#turns ??= new Turns(this.#context.targets);
    if (!turns.look(request)) return -1;
    const position = this.#context.nextCursor();
    const chosen = turns.at(position, request);
    return chosen >= 0 && request.isTried(chosen) ? this.#nextUntried(chosen, request) : chosen;
  }

  #nextUntried(from: number, request: PickRequest): number {
    const count = this.#context.targets.length;
    for (let step = 1; step < count; step++) {
      const target = (from + step) % count;
      if (!request.isTried(target) && request.isAvailable(target)) return target;
    }
    return -1;
  }
}

/** The registry's entry. */
export const roundRobin: StrategyKind = {
  name: "round_robin",
  summary: "each target in turn, by weight; in nginx's smooth order where there are few weights",
  isWeighted: true,
  create: (context) => new RoundRobin(context),
};
