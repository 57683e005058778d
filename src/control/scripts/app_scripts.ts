import type { AppConfig } from "../../model/config.ts";
import type { StrategyConfig } from "../../model/config_strategy.ts";
import { formatTarget } from "../../model/endpoint_url.ts";
import type { ScriptSubject } from "./try_script.ts";
import type { ScriptFile } from "./script_file.ts";

/** Path of the script that a strategy, or one within it, is; null where there is none. */
export function scriptPath(strategy: StrategyConfig): string | null {
  if (strategy.type === "script") return strategy.file;
  // The schema gives every strategy in whole, inner ones too.
  return "strategy" in strategy ? scriptPath(strategy.strategy as StrategyConfig) : null;
}

/** Whether the app has a script. */
export function hasScript({ strategy }: AppConfig): boolean {
  return scriptPath(strategy) !== null;
}

/** A script with the app that it is tried for. Hosts of services are not known yet: each service stands for one target. */
export function scriptSubject({ name, mode, targets }: AppConfig, script: ScriptFile): ScriptSubject {
  return {
    script,
    app: name,
    isHttp: mode === "http",
    targets: targets.map((target) => {
      const { weight, backup, priority, zone, labels } = target;
      return { key: formatTarget(target), weight, backup, priority, zone, labels };
    }),
  };
}
