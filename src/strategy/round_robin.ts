import { nextAccepted } from "./next_accepted.ts";
import { SmoothSequence } from "./smooth_sequence.ts";
import type { PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";

/** Turns that the first choice of a session takes where those whose turn it is are full. */
const MAX_TURNS = 8;

/**
 * Weighted round robin, exact over all threads: each pick takes the next position of the app's shared cursor. The order is
 * that of the targets available now, so those share the load of the missing by weight.
 */
class RoundRobin implements Strategy {
  readonly #context: StrategyContext;
  /** The order by the weights of the set. Made at the first pick: there are apps by the thousand, many of them quiet. */
  #sequence: SmoothSequence | null = null;
  #version = 0;

  constructor(context: StrategyContext) {
    this.#context = context;
  }

  pick(request: PickRequest): number {
    const { set } = this.#context;
    if (set.count === 0) return -1;
    const sequence = this.#sequence ??= new SmoothSequence(set.weights);
    if (this.#version !== set.version) {
      this.#version = set.version;
      sequence.assign(set.weights);
    }
    // A session that tried others takes one turn, as before: more would turn the order against those that come after it.
    const turns = request.attempt === 0 ? Math.min(MAX_TURNS, set.count) : 1;
    let target = 0;
    for (let turn = 0; turn < turns; turn++) {
      target = sequence.at(this.#context.nextCursor());
      if (request.accepts(target)) return target;
    }
    return nextAccepted(set, target, request);
  }
}

/** The registry's entry. */
export const roundRobin: StrategyKind = {
  name: "round_robin",
  summary: "each target in turn, by weight; in nginx's smooth order where there are few weights",
  isWeighted: true,
  create: (context) => new RoundRobin(context),
};
