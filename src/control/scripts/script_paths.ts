import { isAbsolute, join } from "node:path";
import type { Config } from "../../model/config.ts";
import type { StrategyConfig } from "../../model/config_strategy.ts";
import { hasScript } from "./app_scripts.ts";

/** Where a script is. @param folder of the config. */
export function pathOfScript(file: string, folder: string): string {
  return isAbsolute(file) || folder === "" ? file : join(folder, file);
}

/** The config with its scripts' paths as the system takes them. */
export function withScriptPaths(config: Config, folder: string): Config {
  if (!config.apps.some(hasScript)) return config;
  const apps = config.apps.map((app) => ({ ...app, strategy: withPath(app.strategy, folder) }));
  return { ...config, apps };
}

function withPath(strategy: StrategyConfig, folder: string): StrategyConfig {
  if (strategy.type === "script") return { ...strategy, file: pathOfScript(strategy.file, folder) };
  if (!("strategy" in strategy)) return strategy;
  return { ...strategy, strategy: withPath(strategy.strategy as StrategyConfig, folder) } as StrategyConfig;
}
