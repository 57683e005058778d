import { SmoothSequence } from "./smooth_sequence.ts";
import type { PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";

/** Orders kept for sets of available targets that come and go. */
const MAX_SEQUENCES = 16;

/**
 * Weighted round robin in nginx's smooth order, exact over all threads: each pick takes the next position of the app's
 * shared cursor. The order is that of the targets available now, so those share the load of the missing by weight.
 */
class RoundRobin implements Strategy {
  readonly #context: StrategyContext;
  readonly #sequences = new Map<string, SmoothSequence>();
  /** 1 where the target was available at the last pick; `#sequence` is the order of just these. */
  readonly #available: Uint8Array;
  #sequence: SmoothSequence;

  constructor(context: StrategyContext) {
    this.#context = context;
    this.#available = new Uint8Array(context.targets.length);
    this.#sequence = new SmoothSequence([]);
  }

  pick(request: PickRequest): number {
    if (this.#look(request)) this.#sequence = this.#sequenceOfAvailable();
    if (this.#sequence.period === 0) return -1;
    const chosen = this.#sequence.at(this.#context.nextCursor());
    return request.isTried(chosen) ? this.#nextUntried(chosen, request) : chosen;
  }

  /** Notes which targets are available; true when that changed. */
  #look(request: PickRequest): boolean {
    let changed = false;
    const available = this.#available;
    for (let i = 0; i < available.length; i++) {
      const now = request.isAvailable(i) ? 1 : 0;
      if (now !== available[i]) {
        available[i] = now;
        changed = true;
      }
    }
    return changed;
  }

  #sequenceOfAvailable(): SmoothSequence {
    const key = this.#available.join("");
    let sequence = this.#sequences.get(key);
    if (sequence === undefined) {
      if (this.#sequences.size >= MAX_SEQUENCES) this.#sequences.clear();
      const weights = this.#context.targets.map((target, i) => this.#available[i] === 1 ? target.weight : 0);
      sequence = new SmoothSequence(weights);
      this.#sequences.set(key, sequence);
    }
    return sequence;
  }

  #nextUntried(from: number, request: PickRequest): number {
    const count = this.#available.length;
    for (let step = 1; step < count; step++) {
      const target = (from + step) % count;
      if (this.#available[target] === 1 && !request.isTried(target)) return target;
    }
    return -1;
  }
}

/** The registry's entry. */
export const roundRobin: StrategyKind = {
  name: "round_robin",
  summary: "each target in turn, by weight, in nginx's smooth order",
  create: (context) => new RoundRobin(context),
};
