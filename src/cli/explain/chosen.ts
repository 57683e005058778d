import type { RuleSnapshot } from "../../model/snapshot.ts";
import type { RuleFailure } from "../../strategy/rules/rule_failure.ts";

/** What became of a choice. */
export interface Chosen {
  /** Index of the target, or what `Strategy.pick` has for none. */
  readonly index: number;
  /** Slot of the rule that settled it, null where none did. */
  readonly ruleSlot: number | null;
  /** Whether the condition of a rule holds, or why it has no value. */
  holds(rule: RuleSnapshot): boolean | RuleFailure;
}
