import { nextAccepted } from "./next_accepted.ts";
import type { PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";
import type { TargetSet } from "./target_set.ts";

/** Takes the first target of the list that is available: the others only stand in for those before them. */
class First implements Strategy {
  readonly #set: TargetSet;

  constructor({ set }: StrategyContext) {
    this.#set = set;
  }

  pick(request: PickRequest): number {
    return nextAccepted(this.#set, 0, request);
  }
}

/** The registry's entry. */
export const first: StrategyKind = {
  name: "first",
  summary: "always the first target of the list that is available; the default in mode `http`",
  isWeighted: false,
  create: (context) => new First(context),
};
