import { systemClock } from "../base/clock.ts";
import { type ConfigSubscriber, configSubscribers, processEnvironment } from "../control/config/mod.ts";
import { STRATEGY_NAMES } from "../model/config_strategy.ts";
import { RegionSubscriber } from "../region/node/region_subscriber.ts";

/** The usual source of configs: a file, which is watched, and what the region wants that the file may name. */
export function configFile(path: string): ConfigSubscriber {
  const file = configSubscribers.get("file").create({
    location: path,
    env: processEnvironment,
    strategies: STRATEGY_NAMES,
    clock: systemClock,
  });
  return new RegionSubscriber(file, {
    clock: systemClock,
    // Loaded where it is needed: most proxies have no region.
    openStore: async (access, use) =>
      (await import("../region/store/region_store.ts")).RegionStore.open(access, use),
  });
}
