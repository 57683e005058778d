import * as z from "zod";
import { LIVE_EVENTS_KEPT, LIVE_RATE_MAX } from "../../../base/limits.ts";
import { LOG_LEVELS } from "../../../base/log.ts";
import { LOG_EVENTS, type LogEvent } from "../../../base/log_events.ts";
import type { ApiSource } from "./api_source.ts";
import type { Followers, Following } from "./follow.ts";
import { list } from "./list.ts";
import { type Route, route } from "./route.ts";

const eventsQuery = z.strictObject({
  level: z.enum(LOG_LEVELS).optional(),
  event: list.pipe(z.array(z.enum(Object.keys(LOG_EVENTS) as [LogEvent, ...LogEvent[]]))).optional(),
  app: list.optional(),
  target: list.optional(),
  last: z.coerce.number().int().min(0).max(LIVE_EVENTS_KEPT).default(0),
  follow: z.enum(["true", "false"]).default("true").describe("`false` ends behind those of before."),
});

const accessQuery = z.strictObject({
  app: list.optional(),
  target: list.optional(),
  client: z.string().optional(),
  close_reason: list.optional(),
  status: z.string().regex(/^([1-5]xx|[1-5]\d\d)(,([1-5]xx|[1-5]\d\d))*$/, {
    error: "must be codes or classes, as in 404,5xx",
  }).optional(),
  min_ms: z.coerce.number().min(0).optional(),
  rate: z.coerce.number().int().min(1).max(LIVE_RATE_MAX).optional(),
});

type Fields = Readonly<Record<string, unknown>>;
type Test = (fields: Fields) => boolean;

const entries = z.string().describe(
  "Server-sent events: `event` or `access` with JSON as data, `dropped` where some are missing, `skipped` where they exceed " +
    "the rate, `restarted` to whom followed an earlier run.",
);

/** What happens, while it does. */
export function liveRoutes({ live }: ApiSource, followers: Followers): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/events",
      summary: "Events of the log, as they happen",
      description:
        "Goes on until the client ends it, unless `follow` is false. `Last-Event-ID` asks for those that it missed.",
      role: "read",
      query: eventsQuery,
      answer: entries,
      answerType: "text/event-stream",
      handle: ({ query, headers }) => {
        const wants = all(
          query.level === undefined ? null : atLeast(query.level),
          oneOf("event", query.event),
          ofApp(query.app),
          oneOf("target", query.target),
        );
        const following = {
          feed: live.events,
          name: "event",
          last: query.last,
          goesOn: query.follow === "true",
          wants,
        };
        return followers.follow(headers.get("last-event-id"), following);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/access",
      summary: "Access records, as sessions and requests end",
      description:
        "Goes on until the client ends it. Nothing of before is kept. `rate` is the most that come in a second.",
      role: "read",
      query: accessQuery,
      answer: entries,
      answerType: "text/event-stream",
      handle: ({ query, headers }) => {
        const { client, min_ms } = query;
        const wants = all(
          oneOf("app", query.app),
          oneOf("target", query.target),
          oneOf("close_reason", query.close_reason),
          client === undefined ? null : ({ client_addr }) => String(client_addr).startsWith(client),
          query.status === undefined ? null : hasStatus(query.status.split(",")),
          min_ms === undefined ? null : ({ duration_ms }) => Number(duration_ms) >= min_ms,
        );
        return followers.follow(headers.get("last-event-id"), {
          feed: live.access,
          name: "access",
          last: 0,
          goesOn: true,
          rate: query.rate,
          wants,
        });
      },
    }),
  ];
}

/** Whoever wants everything is spared the parsing. */
function all(...tests: readonly (Test | null)[]): Following["wants"] {
  const asked = tests.filter((test) => test !== null);
  if (asked.length === 0) return null;
  return (data) => {
    const fields: Fields = JSON.parse(data);
    return asked.every((test) => test(fields));
  };
}

function oneOf(field: string, values: readonly string[] | undefined): Test | null {
  return values === undefined ? null : (fields) => values.includes(String(fields[field]));
}

/** Some events are about several apps. */
function ofApp(names: readonly string[] | undefined): Test | null {
  if (names === undefined) return null;
  return ({ app, apps }) =>
    names.includes(String(app)) || Array.isArray(apps) && apps.some((one) => names.includes(String(one)));
}

function atLeast(least: (typeof LOG_LEVELS)[number]): Test {
  const levels: readonly unknown[] = LOG_LEVELS.slice(LOG_LEVELS.indexOf(least));
  return ({ level }) => levels.includes(level);
}

function hasStatus(wanted: readonly string[]): Test {
  return ({ status }) => {
    const code = String(status ?? "");
    return wanted.some((one) => one === code || one[1] === "x" && one[0] === code[0] && code.length === 3);
  };
}
