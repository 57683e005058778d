import type { SlowStartConfig } from "../../../model/config.ts";

/** Shares are written in hundredths, so that a long rise takes no more than a hundred steps. */
const STEPS = 100;

/**
 * The share of its weight that a target has some time after it came (Envoy, "Slow start mode").
 * @returns above 0 to 1, where it has come up.
 */
export function slowStartShare(
  elapsedMs: number,
  { window, aggression, min_weight_percent: least }: SlowStartConfig,
): number {
  if (elapsedMs >= window) return 1;
  const risen = (Math.max(0, elapsedMs) / window) ** (1 / aggression);
  return Math.min(1, Math.max(least, Math.ceil(risen * STEPS)) / STEPS);
}
