/**
 * Metrics in the formats of Prometheus and OpenMetrics, read off the board when somebody asks.
 * @module
 */
import { AVAILABILITY_METRICS } from "./availability.ts";
import { CONFIG_METRICS } from "./config.ts";
import { DNS_METRICS } from "./dns.ts";
import type { Family } from "./family.ts";
import { HTTP_METRICS } from "./http.ts";
import { LIMIT_METRICS } from "./limits.ts";
import { OTLP_METRICS } from "./otlp.ts";
import { OVERRIDE_METRICS } from "./overrides.ts";
import { PROCESS_METRICS } from "./process.ts";
import { REGION_METRICS } from "./region.ts";
import { SESSION_METRICS } from "./sessions.ts";
import { STRATEGY_METRICS } from "./strategies.ts";
import { THREAD_METRICS } from "./threads.ts";

/** Every metric, group by group. A new one is an entry in its group's file and in docs/metrics.md. */
export const METRICS: readonly Family[] = [
  ...SESSION_METRICS,
  ...LIMIT_METRICS,
  ...HTTP_METRICS,
  ...AVAILABILITY_METRICS,
  ...STRATEGY_METRICS,
  ...OVERRIDE_METRICS,
  ...CONFIG_METRICS,
  ...DNS_METRICS,
  ...THREAD_METRICS,
  ...OTLP_METRICS,
  ...REGION_METRICS,
  ...PROCESS_METRICS,
];

export type { Exposed } from "./exposition.ts";
export { Metrics } from "./metrics.ts";
