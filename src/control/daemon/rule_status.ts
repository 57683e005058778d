import { Counter } from "../../model/board.ts";
import type { StrategySnapshot } from "../../model/snapshot.ts";
import type { CounterTotals } from "../telemetry/counter_totals.ts";

/** One rule. Sums over all threads since the rule, by its name, was added. */
export interface RuleStatus {
  /** Its name, or `#` and its number. */
  readonly rule: string;
  /** Tries, of sessions or requests, that it gave a target or turned away. */
  readonly taken_total: number;
  /** Conditions that had no value, and so did not match. */
  readonly failures_total: number;
}

/** What status says of the rules of a strategy; nothing where it has none. */
export function ruleStatuses(
  totals: Pick<CounterTotals, "sum">,
  { rules }: StrategySnapshot,
): { readonly rules?: readonly RuleStatus[] } {
  if (rules === undefined) return {};
  return {
    rules: rules.map(({ key, slot }): RuleStatus => ({
      rule: key,
      taken_total: totals.sum(slot, Counter.connections),
      failures_total: totals.sum(slot, Counter.ruleFailures),
    })),
  };
}
