import type { RuleConfig, StrategyConfig } from "../../model/config_strategy.ts";
import type { HashTableRef } from "../../model/hash_table.ts";
import type { RuleSnapshot, ScriptSnapshot, StrategySnapshot } from "../../model/snapshot.ts";

/** What compiling a strategy draws on. */
export interface StrategySurroundings {
  /** The proxy's own zone; empty where the config has none. */
  readonly zone: string;
  /** The app's script, null where it has none. */
  readonly script: ScriptSnapshot | null;
  /**
   * The hash table of the app's targets, null without any that takes sessions.
   * @param among indices of the targets that it is for; all unless given.
   */
  table(among?: ReadonlySet<number>): HashTableRef | null;
  /** The rules of the app. */
  rules(rules: readonly RuleConfig[]): readonly RuleSnapshot[];
}

/** Turns the strategy of an app into what data threads work from. */
export function compileStrategy(
  strategy: StrategyConfig,
  surroundings: StrategySurroundings,
): StrategySnapshot {
  switch (strategy.type) {
    case "least_latency":
      return { type: strategy.type, decayMs: strategy.decay };
    case "source_hash": {
      const { type, key, balance_factor } = strategy;
      const table = surroundings.table();
      return { type, key, balanceFactor: balance_factor, ...(table === null ? {} : { table }) };
    }
    case "script":
      return {
        type: strategy.type,
        ...(surroundings.script === null ? {} : { script: surroundings.script }),
      };
    case "priority":
    case "prefer_zone": {
      const { type, overprovisioning_factor } = strategy;
      return {
        type,
        overprovisioningFactor: overprovisioning_factor,
        // The schema gives every strategy in whole, inner ones too.
        strategy: compileStrategy(strategy.strategy as StrategyConfig, surroundings),
        ...(type === "prefer_zone" ? { zone: surroundings.zone } : {}),
      };
    }
    case "rules":
      return { type: strategy.type, rules: surroundings.rules(strategy.rules) };
    default:
      return { type: strategy.type };
  }
}
