import type { PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";

/** Takes the first target of the list that is available: the others only stand in for those before them. */
class First implements Strategy {
  readonly #count: number;

  constructor({ targets }: StrategyContext) {
    this.#count = targets.length;
  }

  pick(request: PickRequest): number {
    for (let target = 0; target < this.#count; target++) {
      if (request.isAvailable(target) && !request.isTried(target)) return target;
    }
    return -1;
  }
}

/** The registry's entry. */
export const first: StrategyKind = {
  name: "first",
  summary: "always the first target of the list that is available; the default in mode `http`",
  isWeighted: false,
  create: (context) => new First(context),
};
