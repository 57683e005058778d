/** Limits that turn clients away, by the config's keys; the order is that of their counters. */
export const LIMIT_NAMES = [
  "max_connections",
  "new_connections_per_second",
  "per_client.max_connections",
  "per_client.new_connections_per_second",
] as const;

/** One of {@link LIMIT_NAMES}. */
export type LimitName = typeof LIMIT_NAMES[number];
