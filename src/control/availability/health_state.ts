/** What probes have found a target to be; `unknown` until one had a result. */
export type HealthStatus = "unknown" | "up" | "down";

/** Where a target stands, as far as probes go. */
export interface HealthState {
  readonly status: HealthStatus;
  /** Probes in a row that spoke against the status. */
  readonly against: number;
}

/** Results in a row that it takes to change a status; at least 1. */
export interface Thresholds {
  readonly healthy: number;
  readonly unhealthy: number;
}

/**
 * What one probe's result makes of a state. An unknown target becomes what its first probe finds; then it takes as many
 * results in a row as the thresholds say.
 */
export function observe(
  state: HealthState,
  passed: boolean,
  { healthy, unhealthy }: Thresholds,
): HealthState {
  const found = passed ? "up" : "down";
  if (state.status === "unknown") return { status: found, against: 0 };
  if (state.status === found) return state.against === 0 ? state : { ...state, against: 0 };
  const against = state.against + 1;
  return against >= (passed ? healthy : unhealthy) ? { status: found, against: 0 } : { ...state, against };
}

/** What a state becomes by a result that needs no second one, since who knows has said so. */
export function settle(passed: boolean): HealthState {
  return { status: passed ? "up" : "down", against: 0 };
}
