import { nextAccepted } from "./next_accepted.ts";
import type { PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";
import type { TargetSet } from "./target_set.ts";
import { WeightedDraw } from "./weighted_draw.ts";

/** Draws of a session where the targets drawn are full or were tried. */
const MAX_DRAWS = 8;

/** Weighted random: threads share nothing, and the shares are those of the weights in the long run. */
class RandomChoice implements Strategy {
  readonly #set: TargetSet;
  readonly #draw: WeightedDraw;

  constructor({ set, random }: StrategyContext) {
    this.#set = set;
    this.#draw = new WeightedDraw(set, random);
  }

  pick(request: PickRequest): number {
    const { count, members } = this.#set;
    if (count === 0) return -1;
    let target = 0;
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      target = members[this.#draw.draw()]!;
      if (request.accepts(target)) return target;
    }
    return nextAccepted(this.#set, target, request);
  }
}

/** The registry's entry. */
export const random: StrategyKind = {
  name: "random",
  summary: "one drawn at random, by weight",
  isWeighted: true,
  create: (context) => new RandomChoice(context),
};
