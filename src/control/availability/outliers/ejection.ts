import type { OutlierDetectionConfig } from "../../../model/config.ts";

/** How long ejections last, milliseconds. */
export type EjectionTimes = Pick<OutlierDetectionConfig, "base_ejection_time" | "max_ejection_time">;

/** What is remembered of the ejections of one target. */
export interface Ejection {
  /** While it is out: since when and until when, on the clock that the caller goes by; null while it is in. */
  readonly out: { readonly sinceMs: number; readonly untilMs: number } | null;
  /** Ejections that count for the next one's length. */
  readonly level: number;
  /** All of them. */
  readonly total: number;
}

/** Of a target that was never ejected. */
export const NEVER_EJECTED: Ejection = { out: null, level: 0, total: 0 };

/**
 * The state after an ejection; each counts more than the one before, up to the longest time (gRPC proposal A50). One that is
 * out already stays as it is.
 */
export function ejected(before: Ejection, nowMs: number, times: EjectionTimes): Ejection {
  if (before.out !== null) return before;
  const level = before.level + 1;
  const most = Math.max(times.base_ejection_time, times.max_ejection_time);
  const lengthMs = Math.min(times.base_ejection_time * level, most);
  return { out: { sinceMs: nowMs, untilMs: nowMs + lengthMs }, level, total: before.total + 1 };
}

/** Whether the target has been out for as long as it was to be. */
export function isOver({ out }: Ejection, nowMs: number): boolean {
  return out !== null && nowMs >= out.untilMs;
}

/** The state after the target was brought back. */
export function returned(before: Ejection): Ejection {
  return { ...before, out: null };
}

/** The state at the end of an interval: a target that is in counts one ejection less. */
export function intervalPassed(before: Ejection): Ejection {
  return before.out === null && before.level > 0 ? { ...before, level: before.level - 1 } : before;
}
