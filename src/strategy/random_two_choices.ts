import type { PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";
import { TwoChoices } from "./two_choices.ts";

/** Of two targets drawn by weight the one with fewer open sessions for its weight, over all threads. */
class RandomTwoChoices implements Strategy {
  readonly #choices: TwoChoices;

  constructor(context: StrategyContext) {
    const { set } = context;
    this.#choices = new TwoChoices(
      context,
      (one, other) => context.open(one) * set.weights[other]! < context.open(other) * set.weights[one]!,
    );
  }

  pick(request: PickRequest): number {
    return this.#choices.pick(request);
  }
}

/** The registry's entry. */
export const randomTwoChoices: StrategyKind = {
  name: "random_two_choices",
  summary: "of two drawn by weight the one with fewer open sessions for its weight; also called `p2c`",
  isWeighted: true,
  create: (context) => new RandomTwoChoices(context),
};
