import type { Learner, PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";
import { TwoChoices } from "./two_choices.ts";

/** A failure counts as if it had taken this long, at least: one that fails fast is not quick. */
const FAILURE_US = 1_000_000;
/** Load of a target that is in use and of which nothing came back yet: more than any that is known. */
const UNKNOWN_LOAD = 1e15;
/** Longest time that is kept, half an hour. */
const MAX_US = 1_800_000_000;

/**
 * Peak EWMA, as in Finagle and linkerd: of two targets drawn by weight the one whose time, multiplied by what it has open,
 * is less. The time rises at once to a slower one and sinks by and by to quicker ones, and by itself, so that a target
 * that was slow is tried again. In TCP mode it is the time to connect, in HTTP mode that to the head of a terminal answer.
 *
 * All threads share one estimate for each target. Two that change it at once may lose one of the two changes.
 */
class LeastLatency implements Strategy {
  readonly learner: Learner;
  readonly #context: StrategyContext;
  readonly #choices: TwoChoices;
  readonly #decayMs: number;
  #now = 0;

  constructor(context: StrategyContext) {
    this.#context = context;
    this.#decayMs = context.options.decayMs ?? 10_000;
    this.#choices = new TwoChoices(context, (one, other) => this.#load(one) < this.#load(other));
    this.learner = {
      served: (target, ms) => this.#learn(target, ms * 1000),
      failed: (target, ms) => this.#learn(target, Math.max(FAILURE_US, ms * 1000)),
    };
  }

  pick(request: PickRequest): number {
    this.#now = this.#context.now();
    return this.#choices.pick(request);
  }

  /** What a session with the target would cost. */
  #load(target: number): number {
    const { times, set } = this.#context;
    const open = this.#context.open(target);
    const estimate = times.estimate(target);
    if (estimate === 0) return open === 0 ? 0 : UNKNOWN_LOAD + open;
    const faded = Math.max(1, estimate * this.#fading(target, this.#now));
    return faded * (open + 1) / set.weights[target]!;
  }

  #learn(target: number, us: number): void {
    const { times } = this.#context;
    const now = this.#context.now();
    const before = times.estimate(target);
    const fading = this.#fading(target, now);
    const estimate = us >= before ? us : before * fading + us * (1 - fading);
    times.put(target, Math.min(MAX_US, Math.max(1, Math.round(estimate))), now);
  }

  /** What is left of an estimate, 0 to 1. A clock that was set back fades it as one that went on would. */
  #fading(target: number, now: number): number {
    return Math.exp(-Math.abs(now - this.#context.times.madeAt(target) | 0) / this.#decayMs);
  }
}

/** The registry's entry. */
export const leastLatency: StrategyKind = {
  name: "least_latency",
  summary: "of two drawn by weight the one that connects, or answers, sooner for what it has open",
  isWeighted: true,
  create: (context) => new LeastLatency(context),
};
