import type { StrategyKind } from "./strategy.ts";
import { TargetGroups } from "./target_groups.ts";

/** The registry's entry. */
export const priority: StrategyKind = {
  name: "priority",
  summary: "groups by the targets' `priority`: the next ones take over as much as the first cannot",
  isWeighted: true,
  create: (context) => new TargetGroups(context, (target) => context.targets[target]!.priority),
};
