import { FIRST_PROBE_GAP_MS } from "../../base/limits.ts";
import type { Random } from "../../base/random.ts";
import { type HealthCheckConfig, probeTimeout } from "../../model/config_health.ts";
import type { HealthState } from "./health_state.ts";

/** Multiples of it, without their whole part, are spread evenly over 0 to 1, however many there are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** When the first probe of the n-th of so many new targets starts, milliseconds from now. */
export function firstDelay(check: HealthCheckConfig, n: number, count: number): number {
  return n * Math.min(FIRST_PROBE_GAP_MS, check.interval / count);
}

/** Time from the first probe of a target to its second: so that targets which came together are spread over the interval. */
export function secondDelay(check: HealthCheckConfig, n: number): number {
  return Math.max(probeTimeout(check), check.interval * (n * GOLDEN % 1));
}

/**
 * Time from the start of a probe to the start of the next. Chance only shortens it, so that the interval is what a target
 * that fails can count on.
 */
export function nextDelay(
  check: HealthCheckConfig,
  { status, against }: HealthState,
  hadTraffic: boolean,
  random: Random,
): number {
  const { interval, unhealthy_interval, no_traffic_interval, jitter } = check;
  const isQuiet = status !== "down" && against === 0 && !hadTraffic;
  const other = status === "down" ? unhealthy_interval : isQuiet ? no_traffic_interval : "auto";
  return (other === "auto" ? interval : other) * (1 - jitter * random());
}
