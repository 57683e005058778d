import type { RuleStatus } from "../../daemon/rule_status.ts";
import { perApp } from "./families.ts";
import type { Family } from "./family.ts";

/** What strategies count that have something of their own to count. */
export const STRATEGY_METRICS: readonly Family[] = [
  perRule(
    "fproxy_rule_taken_total",
    "Tries that a rule gave a target or turned away.",
    ({ taken_total }) => taken_total,
  ),
  perRule(
    "fproxy_rule_failures_total",
    "Times that the condition of a rule had no value, and so did not match.",
    ({ failures_total }) => failures_total,
  ),
  perApp(
    "counter",
    "fproxy_script_failures_total",
    "Times that the script of a strategy failed, and round robin chose instead.",
    ({ status }) => status.script?.failures_total,
  ),
];

/** A counter for each rule of apps with the strategy `rules`. */
function perRule(name: string, help: string, read: (rule: RuleStatus) => number): Family {
  return {
    type: "counter",
    name,
    help,
    labels: ["app", "rule"],
    collect: ({ apps }) =>
      apps.flatMap(({ status: { name: app, rules = [] } }) =>
        rules.map((rule) => ({ labels: { app, rule: rule.rule }, value: read(rule) }))
      ),
  };
}
