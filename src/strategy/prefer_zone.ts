import type { StrategyKind } from "./strategy.ts";
import { TargetGroups } from "./target_groups.ts";

/** The registry's entry. */
export const preferZone: StrategyKind = {
  name: "prefer_zone",
  summary: "targets in the proxy's own zone; those of other zones take over as much as these cannot",
  isWeighted: true,
  create: (context) => {
    const own = context.options.zone ?? "";
    return new TargetGroups(context, (target) => context.targets[target]!.zone === own ? 0 : 1);
  },
};
