import type { AppConfig } from "../../model/config.ts";
import { type RuleConfig, ruleKey, type StrategyConfig } from "../../model/config_strategy.ts";
import type { RuleSnapshot, StrategySnapshot, TargetSnapshot } from "../../model/snapshot.ts";
import { compileCondition } from "../cel/compile_condition.ts";
import { usedTargets } from "../cel/used_targets.ts";

/** What compiling rules draws on. */
export interface RuleParts {
  /** The board slot of the rule of that key. */
  slot(key: string): number;
  /** The strategy of a rule. @param among indices of its targets. */
  strategy(strategy: StrategyConfig, among: ReadonlySet<number>): StrategySnapshot;
}

/** Turns the rules of an app, which were checked, into what data threads work from. */
export function compileRules(
  rules: readonly RuleConfig[],
  app: AppConfig,
  targets: readonly TargetSnapshot[],
  parts: RuleParts,
): RuleSnapshot[] {
  const surroundings = { app: app.name, isHttp: app.mode === "http" };
  return rules.map((rule, index): RuleSnapshot => {
    const key = ruleKey(rule, index);
    const used = rule.deny === true ? null : usedTargets(rule.use, app);
    const own = targets.flatMap(({ configIndex }, at) => used?.has(configIndex) === true ? [at] : []);
    return {
      key,
      slot: parts.slot(key),
      when: rule.when === undefined ? null : compileCondition(rule.when, surroundings),
      targets: used === null ? null : own,
      // The schema gives every strategy in whole, inner ones too.
      strategy: used === null
        ? { type: "round_robin" }
        : parts.strategy(rule.strategy as StrategyConfig, new Set(own)),
    };
  });
}
