/**
 * A token bucket as one number, by the generic cell rate algorithm (ITU-T I.371 annex A): the time at which the bucket is
 * full again. Whoever is let through moves it by one interval. Over any time no more are let through than the burst and
 * what the rate gives for that time.
 */
export interface Rate {
  /** Between two, where they come evenly; milliseconds, above 0. */
  readonly intervalMs: number;
  /** How many may come at once after a pause, at least 1. */
  readonly burst: number;
}

/** What rounding may make of a time: far below the finest rate. */
const ROUNDING_MS = 0.000_1;

/** Milliseconds until the next one is let through; 0 for now. @param fullAt when the bucket is full again. */
export function rateWait(fullAt: number, now: number, { intervalMs, burst }: Rate): number {
  const waitMs = Math.min(fullAt, latest(now, { intervalMs, burst })) - now - (burst - 1) * intervalMs;
  return waitMs > ROUNDING_MS ? waitMs : 0;
}

/** When the bucket is full again after one more was let through. */
export function fullAfter(fullAt: number, now: number, rate: Rate): number {
  return Math.max(now, Math.min(fullAt, latest(now, rate))) + rate.intervalMs;
}

/** A bucket cannot be emptier than empty: who finds a later time has a clock that was set back, or another rate. */
function latest(now: number, { intervalMs, burst }: Rate): number {
  return now + burst * intervalMs;
}
