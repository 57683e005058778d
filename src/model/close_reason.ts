/**
 * Why a session ended, as access records and metrics name it. Each has the letter that HAProxy's log shows for the
 * like case (HAProxy configuration manual, section 8.5 "Session state at disconnection").
 */
export const CLOSE_REASONS = [
  "done",
  "client_abort",
  "target_abort",
  "connect_failed",
  "no_target",
  "limit",
  "denied",
  "idle_timeout",
  "max_duration",
  "target_down",
  "admin",
  "drain",
  "resource",
  "internal",
] as const;

/** One of {@link CLOSE_REASONS}. */
export type CloseReason = typeof CLOSE_REASONS[number];

/** Those that are somebody's trouble. Others, such as a time that has run out, are no praise either. */
export const FAILED_REASONS: ReadonlySet<CloseReason> = new Set([
  "target_abort",
  "connect_failed",
  "no_target",
  "limit",
  "denied",
  "target_down",
  "resource",
  "internal",
]);
