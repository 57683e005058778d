import { systemClock } from "../base/clock.ts";
import { type ConfigSubscriber, configSubscribers, processEnvironment } from "../control/config/mod.ts";
import { STRATEGY_NAMES } from "../model/config_strategy.ts";

/** The usual source of configs: a file, which is watched. */
export function configFile(path: string): ConfigSubscriber {
  return configSubscribers.get("file").create({
    location: path,
    env: processEnvironment,
    strategies: STRATEGY_NAMES,
    clock: systemClock,
  });
}
