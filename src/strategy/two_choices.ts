import { nextAccepted } from "./next_accepted.ts";
import type { PickRequest, StrategyContext } from "./strategy.ts";
import type { TargetSet } from "./target_set.ts";
import { WeightedDraw } from "./weighted_draw.ts";

/** Pairs that are drawn where neither of the two takes the session. */
const MAX_PAIRS = 4;

/**
 * Draws two different targets by weight and takes the better one: nearly as good as looking at all of them, at the price
 * of looking at two (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
 */
export class TwoChoices {
  readonly #set: TargetSet;
  readonly #draw: WeightedDraw;

  /** @param isBetter whether the first of two targets is to be preferred; where neither is, the first drawn is taken. */
  constructor(
    { set, random }: Pick<StrategyContext, "set" | "random">,
    private readonly isBetter: (one: number, other: number) => boolean,
  ) {
    this.#set = set;
    this.#draw = new WeightedDraw(set, random);
  }

  /** As `Strategy.pick`. */
  pick(request: PickRequest): number {
    const { count, members } = this.#set;
    if (count < 2) return count === 0 ? -1 : nextAccepted(this.#set, members[0]!, request);
    let one = 0;
    for (let pair = 0; pair < MAX_PAIRS; pair++) {
      const place = this.#draw.draw();
      one = members[place]!;
      const other = members[this.#draw.drawOther(place)]!;
      if (!request.accepts(one)) {
        if (request.accepts(other)) return other;
      } else return this.isBetter(other, one) && request.accepts(other) ? other : one;
    }
    return nextAccepted(this.#set, one, request);
  }
}
