import type { Learner, PickRequest, Strategy, StrategyContext, StrategyKind } from "../strategy.ts";
import type { Strategy as OwnStrategy } from "./api.ts";
import { describeFailure } from "./describe_failure.ts";
import { createByScript, loadScript } from "./script_module.ts";
import { contextOfScript, RequestOfScript, SetView } from "./script_view.ts";

/**
 * A strategy of the user's own. Whatever it does wrong, the choice is made all the same, by round robin, and the failure is
 * counted; what never returns cannot be helped: the thread hangs, and the watchdog replaces it.
 */
class Script implements Strategy {
  readonly learner?: Learner;
  readonly #context: StrategyContext;
  readonly #file: string;
  readonly #spare: Strategy;
  readonly #set: SetView;
  readonly #request = new RequestOfScript();
  /** Null where the script made none. */
  #own: OwnStrategy | null = null;
  /** What it threw then. */
  #error: unknown;

  constructor(context: StrategyContext) {
    const { script } = context.options;
    this.#context = context;
    this.#file = script?.file ?? "";
    this.#spare = context.create({ type: "round_robin" }, context.set);
    this.#set = new SetView(context.set);
    try {
      if (script === undefined) throw new TypeError("There is no script");
      const own = createByScript(loadScript(script), contextOfScript(context, this.#set));
      this.#own = own;
      if (typeof own.learner === "object") this.learner = this.#guarded(own.learner);
    } catch (error) {
      this.#error = error;
      this.#failed(error);
    }
  }

  pick(request: PickRequest): number {
    if (this.#context.set.count === 0) return -1;
    const own = this.#own;
    if (own === null) return this.#pickInstead(request, this.#error);
    this.#set.update();
    this.#request.stand(request);
    let target: unknown;
    try {
      target = own.pick(this.#request);
    } catch (error) {
      return this.#pickInstead(request, error);
    } finally {
      this.#request.stand(null);
    }
    if (this.#isChoice(target, request)) return target;
    // A promise that fails later would end the thread.
    if (target instanceof Promise) target.catch(() => {});
    const spare = this.#spare.pick(request);
    if (target !== -1 || spare !== -1) this.#failed(new RangeError(this.#complaint(target)));
    return spare;
  }

  place(request: PickRequest): number {
    const own = this.#own;
    if (own?.place === undefined) return this.#context.random();
    this.#set.update();
    this.#request.stand(request);
    try {
      const place = own.place(this.#request);
      if (place >= 0 && place < 1) return place;
      throw new RangeError(`place() returned ${String(place)}, wanted is 0 to 1 (excluded)`);
    } catch (error) {
      this.#failed(error);
      return this.#context.random();
    } finally {
      this.#request.stand(null);
    }
  }

  #isChoice(target: unknown, request: PickRequest): target is number {
    return typeof target === "number" && (this.#context.set.weights[target] ?? 0) > 0 &&
      request.accepts(target);
  }

  #complaint(target: unknown): string {
    if (typeof target !== "number") {
      return `pick() returned ${typeof target}, wanted is the index of a target`;
    }
    if (target === -1) return "pick() returned -1, and there are targets left";
    if (this.#context.targets[target] === undefined) {
      return `pick() returned ${target}, and there is no such target`;
    }
    const isIn = (this.#context.set.weights[target] ?? 0) > 0;
    const why = isIn ? "the session does not accept" : "is not in the set";
    return `pick() returned ${target}, a target that ${why}`;
  }

  #pickInstead(request: PickRequest, error: unknown): number {
    this.#failed(error);
    return this.#spare.pick(request);
  }

  #failed(error: unknown): void {
    this.#context.failed(() => describeFailure(error, this.#file));
  }

  #guarded(learner: Learner): Learner {
    const tell = (how: () => void): void => {
      try {
        how();
      } catch (error) {
        this.#failed(error);
      }
    };
    return {
      served: (target, ms) => tell(() => learner.served(target, ms)),
      failed: (target, ms) => tell(() => learner.failed(target, ms)),
    };
  }
}

/** The registry's entry. */
export const script: StrategyKind = {
  name: "script",
  summary: "one of your own in TypeScript, see [script strategies](script-strategies.md)",
  isWeighted: true,
  create: (context) => new Script(context),
};
