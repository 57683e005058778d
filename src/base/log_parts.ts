import { LOG_EVENT_GROUPS, type LogEvent } from "./log_events.ts";

/** The parts of the program that events come from, by the heading under which these are documented. */
export const PART_OF_GROUP = {
  "Program": "program",
  "Config": "config",
  "Region": "region",
  "Connections": "connections",
  "Targets": "targets",
  "Names": "dns",
  "Threads": "threads",
  "Admin server": "admin",
  "Logs": "logs",
} as const satisfies Readonly<Record<keyof typeof LOG_EVENT_GROUPS, string>>;

/** One of the parts; each may have a level of its own. */
export type LogPart = (typeof PART_OF_GROUP)[keyof typeof PART_OF_GROUP];

/** All parts, in the order of the documentation. */
export const LOG_PARTS: readonly [LogPart, ...LogPart[]] = Object.values(PART_OF_GROUP) as [
  LogPart,
  ...LogPart[],
];

const PARTS: ReadonlyMap<string, LogPart> = new Map(
  Object.entries(PART_OF_GROUP).flatMap(([group, part]) =>
    Object.keys(LOG_EVENT_GROUPS[group as keyof typeof LOG_EVENT_GROUPS]).map((event) => [event, part])
  ),
);

/** The part that an event comes from. */
export function partOf(event: LogEvent): LogPart {
  // Every event stands in a group, and every group has a part.
  return PARTS.get(event)!;
}
