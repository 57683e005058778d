import type { OutlierDetectionConfig } from "../../../model/config.ts";
import type { EjectionCause } from "../../../model/ejections.ts";

/** Shares that differ by less are equal. */
const ROUNDING = 1e-9;

/** How sessions or requests of a target went within an interval. */
export interface Outcomes {
  readonly total: number;
  readonly failed: number;
}

/** When rates eject. */
export type RateLimits = Pick<
  OutlierDetectionConfig,
  "failure_percentage_threshold" | "success_rate_stdev_factor" | "min_requests" | "min_hosts"
>;

/** A target to be ejected, by its index. */
export interface Outlier {
  readonly index: number;
  readonly cause: EjectionCause;
}

/**
 * Which targets are outliers by their rates, the worst first: as gRPC proposal A50 and Envoy have it, by the share that
 * failed and by the distance from the mean share of successes.
 * @param targets null for those that are not judged, since they are out.
 */
export function findOutliers(targets: readonly (Outcomes | null)[], limits: RateLimits): Outlier[] {
  const { failure_percentage_threshold: threshold, success_rate_stdev_factor: factor } = limits;
  const judged = targets.flatMap((outcomes, index) =>
    outcomes === null || outcomes.total < limits.min_requests
      ? []
      : [{ index, failed: Math.min(1, outcomes.failed / outcomes.total) }]
  );
  if (judged.length < limits.min_hosts) return [];
  const least = mean(judged.map(({ failed }) => 1 - failed)) -
    factor * deviation(judged.map(({ failed }) => failed));
  return judged.toSorted((a, b) => b.failed - a.failed).flatMap(({ index, failed }): Outlier[] => {
    if (threshold > 0 && failed * 100 >= threshold) return [{ index, cause: "failure_percentage" }];
    if (factor > 0 && 1 - failed < least - ROUNDING) return [{ index, cause: "success_rate" }];
    return [];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the whole population, as Envoy takes it. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
