import type { RuleSnapshot } from "../../model/snapshot.ts";
import type { Learner, PickRequest, Strategy, StrategyContext, StrategyKind } from "../strategy.ts";
import { DENIED } from "../strategy.ts";
import { SubSet } from "../sub_set.ts";
import { compileExpression, type Evaluate } from "./compile_expression.ts";
import { RuleFailure } from "./rule_failure.ts";
import { RuleScope } from "./rule_scope.ts";

/** No version of a set. */
const NEVER = -1;

/** A rule that gives sessions targets. */
interface Use {
  readonly set: SubSet;
  readonly strategy: Strategy;
}

/** A rule as it is gone by. */
interface Rule {
  readonly snapshot: RuleSnapshot;
  /** Null for always. */
  readonly when: Evaluate | null;
  /** Null turns sessions away. */
  readonly use: Use | null;
  /** Whether a target is among the rule's own. */
  includes(target: number): boolean;
}

/**
 * Rules of the user's own, in their order: the first that holds and has a target that the session can go to, gives it; one
 * that denies ends the search. What no rule settles goes to all targets in turn, unless the last rule is one for everybody.
 */
class Rules implements Strategy {
  readonly learner?: Learner;
  readonly #context: StrategyContext;
  readonly #rules: readonly Rule[];
  readonly #others: Strategy;
  /** Whether all targets are there for whom no rule has one. */
  readonly #isOpen: boolean;
  readonly #scope: RuleScope;
  #version = NEVER;

  constructor(context: StrategyContext) {
    this.#context = context;
    this.#scope = new RuleScope(context);
    this.#rules = (context.options.rules ?? []).map((snapshot) => newRule(snapshot, context));
    this.#isOpen = this.#rules.every(({ when }) => when !== null);
    this.#others = context.create({ type: "round_robin" }, context.set);
    const learners = this.#rules.flatMap(({ use, includes }) =>
      use?.strategy.learner === undefined ? [] : [{ learner: use.strategy.learner, includes }]
    );
    if (learners.length === 0) return;
    // Estimates are a target's, whichever rule it was chosen by: one of them is to keep it.
    const of = (target: number): Learner | undefined =>
      learners.find(({ includes }) => includes(target))?.learner;
    this.learner = {
      served: (target, ms) => of(target)?.served(target, ms),
      failed: (target, ms) => of(target)?.failed(target, ms),
    };
  }

  pick(request: PickRequest): number {
    const { set, rules, isBackup } = this.#context;
    if (this.#version !== set.version) this.#update();
    for (const rule of this.#rules) {
      if (!this.#holds(rule, request, !isBackup)) continue;
      const { snapshot: { slot }, use } = rule;
      if (use === null) {
        rules.took(slot);
        return DENIED;
      }
      const target = use.set.count === 0 ? NONE : use.strategy.pick(request);
      if (target < 0) continue;
      rules.took(slot);
      return target;
    }
    return this.#isOpen ? this.#others.pick(request) : NONE;
  }

  #update(): void {
    this.#version = this.#context.set.version;
    for (const { use } of this.#rules) use?.set.update();
  }

  #holds({ when, snapshot: { slot, key } }: Rule, request: PickRequest, isCounted: boolean): boolean {
    if (when === null) return true;
    const found = when(this.#scope.of(request));
    if (isCounted && found instanceof RuleFailure) this.#context.rules.failed(slot, key, found.reason);
    return found === true;
  }
}

/** No target. */
const NONE = -1;

function newRule(snapshot: RuleSnapshot, context: StrategyContext): Rule {
  const { when, targets, strategy, slot } = snapshot;
  const own = new Set(targets ?? []);
  const includes = (target: number): boolean => own.has(target);
  const set = new SubSet(context.set, includes);
  return {
    snapshot,
    when: when === null ? null : compileExpression(when),
    use: targets === null
      ? null
      : { set, strategy: context.create(strategy, set, () => context.rules.nextCursor(slot)) },
    includes,
  };
}

/** The registry's entry. */
export const rules: StrategyKind = {
  name: "rules",
  summary: "the user's own rules: who goes to which targets, and who is turned away",
  isWeighted: true,
  create: (context) => new Rules(context),
};
