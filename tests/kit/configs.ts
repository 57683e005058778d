import { type AppConfig, type Config, type ConfigInput, configSchema } from "../../src/model/config.ts";

/** A whole config from what a file would hold. */
export function parseConfig(input: ConfigInput): Config {
  return configSchema.parse(input);
}

/** Apps by name, from what a file would hold under `apps`. */
export function parseApps(...apps: ConfigInput["apps"]): Map<string, AppConfig> {
  return new Map(parseConfig({ apps }).apps.map((app) => [app.name, app]));
}
