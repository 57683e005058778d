import { Registry } from "../base/registry.ts";
import { first } from "./first.ts";
import { roundRobin } from "./round_robin.ts";
import type { StrategyKind } from "./strategy.ts";

export type { PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";
export type { TargetSet } from "./target_set.ts";

/** Every strategy there is. A new one is a file beside this one, a line here, a test and an entry in the docs. */
export const strategies: Registry<StrategyKind> = new Registry<StrategyKind>("strategy", [roundRobin, first]);
