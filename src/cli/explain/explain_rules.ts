import type { AppConfig } from "../../model/config.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import { RuleFailure } from "../../strategy/rules/rule_failure.ts";
import type { Chosen } from "./chosen.ts";

/** A rule, and what became of it. */
export interface ExplainedRule {
  readonly rule: string;
  /** As it is written; empty for everybody. */
  readonly condition: string;
  readonly outcome: string;
}

/** Why each rule was passed over, and which one settled it. */
export function explainRules(
  { strategy: config }: AppConfig,
  { strategy: { rules = [] }, targets }: AppSnapshot,
  { index, ruleSlot, holds }: Chosen,
): ExplainedRule[] {
  const deciding = rules.findIndex(({ slot }) => slot === ruleSlot);
  return rules.map((rule, at): ExplainedRule => {
    const { key, targets: own } = rule;
    const written = "rules" in config ? config.rules[at]?.when : undefined;
    const outcome = (): string => {
      if (at === deciding) {
        return own === null ? "holds: denies" : `holds: gives ${targets[index]?.key ?? ""}`;
      }
      if (deciding >= 0 && at > deciding) return "not looked at: an earlier rule settled it";
      const found = holds(rule);
      if (found instanceof RuleFailure) return `passed over: failed, ${found.reason}`;
      return found
        ? "passed over: holds, but none of its targets takes sessions"
        : "passed over: does not hold";
    };
    return { rule: key, condition: written?.trim().replaceAll(/\s+/g, " ") ?? "", outcome: outcome() };
  });
}
