import type { Config } from "../../model/config.ts";

/** Settings outside of apps that are compiled into every app. */
export function sharedSettings(config: Config | null): string {
  return JSON.stringify(config && [recordedShare(config), config.engine, config.zone]);
}

/** Share of sessions whose access record is written: what nobody keeps is not made. */
export function recordedShare(config: Config): number {
  return config.access_log.to.length === 0 ? 0 : config.access_log.sample;
}
