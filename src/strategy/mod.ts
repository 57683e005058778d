import { Registry } from "../base/registry.ts";
import { first } from "./first.ts";
import { leastConnections } from "./least_connections.ts";
import { leastLatency } from "./least_latency.ts";
import { preferZone } from "./prefer_zone.ts";
import { priority } from "./priority.ts";
import { random } from "./random.ts";
import { randomTwoChoices } from "./random_two_choices.ts";
import { roundRobin } from "./round_robin.ts";
import { rules } from "./rules/rules.ts";
import { script } from "./script/script.ts";
import { sourceHash } from "./source_hash.ts";
import type { Strategy, StrategyContext, StrategyKind } from "./strategy.ts";

export type {
  Learner,
  PickRequest,
  RequestView,
  RuleAccount,
  Strategy,
  StrategyContext,
  StrategyKind,
  StrategyTarget,
  TargetTimes,
} from "./strategy.ts";
export { DENIED } from "./strategy.ts";
export type { TargetSet } from "./target_set.ts";
export { type MaglevEntry, maglevSize, maglevTable } from "./maglev.ts";

/**
 * Every strategy there is. A new one is a file beside this one, a line here, its options in `model/config_strategy.ts`, a
 * test and an entry in the docs.
 */
export const strategies: Registry<StrategyKind> = new Registry<StrategyKind>("strategy", [
  roundRobin,
  first,
  leastConnections,
  random,
  randomTwoChoices,
  leastLatency,
  sourceHash,
  priority,
  preferZone,
  rules,
  script,
]);

/** Makes the strategy that the options name. */
export function createStrategy(context: Omit<StrategyContext, "create">): Strategy {
  return strategies.get(context.options.type).create({
    ...context,
    create: (options, set, nextCursor = context.nextCursor) =>
      createStrategy({ ...context, options, set, nextCursor }),
  });
}
