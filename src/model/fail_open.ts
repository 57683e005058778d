/**
 * Whether so few targets are available that all are used, as if they were well.
 * @param available how many of `all` can be given sessions.
 * @param percent `fail_open_percent`, 0 for never.
 */
export function failsOpen(available: number, all: number, percent: number): boolean {
  return available * 100 < percent * all;
}
