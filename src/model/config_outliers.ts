import * as z from "zod";
import { duration, wholeNumber } from "./config_values.ts";

/** The keys `outlier_detection` and `slow_start` of an app: names and meaning as Envoy and gRPC (proposal A50) have them. */

const SECOND_MS = 1000;
const DAY_MS = 24 * 3600 * SECOND_MS;
/** More in a row is no count that anybody waits for. */
const MAX_IN_A_ROW = 1000;
const MAX_STDEV_FACTOR = 10;
const STDEV_FACTOR = `must be 0 to ${MAX_STDEV_FACTOR}, such as 1.9 (where Envoy's config says 1900)`;
const MAX_AGGRESSION = 100;
const AGGRESSION = `must be 0.01 to ${MAX_AGGRESSION}`;

const inARow = wholeNumber(0, MAX_IN_A_ROW);
const time = duration(SECOND_MS / 10, DAY_MS);

const outliers = z.strictObject({
  consecutive_failures: inARow.prefault(5).describe(
    "Failed connects in a row, over all data threads, that eject a target. 0: never for that.",
  ),
  consecutive_5xx: inARow.prefault(5).describe(
    "In mode `http`: requests in a row that were answered with a 5xx, or not at all. Failed connects are not among them. " +
      "0: never for that.",
  ),
  consecutive_gateway_failure: inARow.prefault(0).describe(
    "In mode `http`: as `consecutive_5xx`, for 502, 503, 504 and no answer alone; another answer begins the count anew. " +
      "0: never for that.",
  ),
  interval: time.prefault("10s").describe(
    "How often rates are judged, and how long a target must have been in to count one ejection less. 100ms to 1d.",
  ),
  base_ejection_time: time.prefault("30s").describe(
    "How long a target is out, times its ejections that count. 100ms to 1d.",
  ),
  max_ejection_time: time.prefault("5m").describe("Longest time out. 100ms to 1d."),
  max_ejection_percent: wholeNumber(0, 100).prefault(10).describe(
    "Most targets of the app that are out at once, rounded down; one always may be. The last target that can take " +
      "sessions is never ejected.",
  ),
  failure_percentage_threshold: wholeNumber(0, 100).prefault(0).describe(
    "Ejects a target of which this share of sessions (in mode `http`: of requests) failed within an `interval`. 0: never " +
      "for that.",
  ),
  success_rate_stdev_factor: z.number({ error: STDEV_FACTOR }).min(0, { error: STDEV_FACTOR })
    .max(MAX_STDEV_FACTOR, { error: STDEV_FACTOR }).prefault(0).describe(
      "Ejects a target whose share of successes within an `interval` lies below the mean of all targets by more than so " +
        "many standard deviations; 1.9 is Envoy's. 0: never for that.",
    ),
  min_requests: wholeNumber(1, 1_000_000).prefault(50).describe(
    "Rates of a target with fewer sessions (in mode `http`: requests) within an `interval` are not judged.",
  ),
  min_hosts: wholeNumber(1, 1000).prefault(5).describe(
    "No rates are judged where fewer targets have `min_requests`.",
  ),
});

/** The `outlier_detection` key of an app. */
export const outlierDetection = z.union([z.literal(false), outliers], {
  error: "expected false, or { consecutive_failures, base_ejection_time, ... }",
});

const slow = z.strictObject({
  window: time.prefault("30s").describe(
    "How long it takes until a target has its whole weight. 100ms to 1d.",
  ),
  aggression: z.number({ error: AGGRESSION }).min(0.01, { error: AGGRESSION })
    .max(MAX_AGGRESSION, { error: AGGRESSION }).prefault(1).describe(
      "Shape of the rise: after a time `t` the weight is multiplied by `(t / window) ^ (1 / aggression)`. 1 rises evenly, " +
        "more rises early, less rises late. 0.01 to 100.",
    ),
  min_weight_percent: wholeNumber(1, 100).prefault(10).describe(
    "Share of its weight that a target begins with.",
  ),
});

/** The `slow_start` key of an app. */
export const slowStart = z.union([z.literal(false), slow], {
  error: "expected false, or { window, aggression, min_weight_percent }",
});
