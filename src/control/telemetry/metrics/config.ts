import { RELOAD_RESULTS } from "../reload_log.ts";
import type { Family } from "./family.ts";
import { single } from "./families.ts";

/** The config: which one is in force, and how reading the others ended. */
export const CONFIG_METRICS: readonly Family[] = [
  single(
    "gauge",
    "fproxy_config_revision",
    "Number of the config in force.",
    ({ status }) => status.revision,
  ),
  single("gauge", "fproxy_config_apps", "Apps of the config in force.", ({ apps }) => apps.length),
  {
    type: "counter",
    name: "fproxy_config_reloads_total",
    help: "Configs that were read, the first one included: in force, wrong, or not to be had all the same.",
    labels: ["result"],
    collect: ({ source: { reloads } }) =>
      RELOAD_RESULTS.map((result) => ({ labels: { result }, value: reloads.count(result) })),
  },
  single(
    "gauge",
    "fproxy_config_last_reload_successful",
    "Whether the config that was read last is in force, 1 or 0.",
    ({ source: { reloads } }) => Number(reloads.isCurrent),
  ),
  single(
    "gauge",
    "fproxy_config_last_reload_success_timestamp_seconds",
    "When a config came into force last, since the Unix epoch.",
    ({ source: { reloads } }) => reloads.succeededAt / 1_000,
  ),
];
