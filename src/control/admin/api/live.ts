import type { Context, Hono } from "hono";
import { z } from "zod";
import { LIVE_EVENTS_KEPT } from "../../../base/limits.ts";
import { LOG_LEVELS } from "../../../base/log.ts";
import { LOG_EVENTS, type LogEvent } from "../../../base/log_events.ts";
import { apiError } from "./api_error.ts";
import type { ApiSource } from "./api_source.ts";
import type { Followers } from "./follow.ts";

/** One value or several, between commas. */
const list = z.string().transform((text) => text.split(",").map((one) => one.trim()).filter(Boolean));

const eventsQuery = z.strictObject({
  level: z.enum(LOG_LEVELS).optional(),
  event: list.pipe(z.array(z.enum(Object.keys(LOG_EVENTS) as [LogEvent, ...LogEvent[]]))).optional(),
  app: list.optional(),
  target: list.optional(),
  last: z.coerce.number().int().min(0).max(LIVE_EVENTS_KEPT).default(0),
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
});

type Fields = Readonly<Record<string, unknown>>;
type Test = (fields: Fields) => boolean;

/** `GET /api/v1/events` and `GET /api/v1/access`: what happens, while it does, as server-sent events. */
export function liveResource(api: Hono, { live }: ApiSource, followers: Followers): void {
  api.get("/api/v1/events", (context) => {
    const query = readQuery(context, eventsQuery);
    if (query instanceof Response) return query;
    const wants = all(
      query.level === undefined ? null : atLeast(query.level),
      oneOf("event", query.event),
      ofApp(query.app),
      oneOf("target", query.target),
    );
    return followers.follow(context, { feed: live.events, name: "event", last: query.last, wants });
  });
  api.get("/api/v1/access", (context) => {
    const query = readQuery(context, accessQuery);
    if (query instanceof Response) return query;
    const { client, min_ms } = query;
    const wants = all(
      oneOf("app", query.app),
      oneOf("target", query.target),
      oneOf("close_reason", query.close_reason),
      client === undefined ? null : ({ client_addr }) => String(client_addr).startsWith(client),
      query.status === undefined ? null : hasStatus(query.status.split(",")),
      min_ms === undefined ? null : ({ duration_ms }) => Number(duration_ms) >= min_ms,
    );
    return followers.follow(context, { feed: live.access, name: "access", last: 0, wants });
  });
}

function readQuery<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): z.infer<Schema> | Response {
  const parsed = schema.safeParse(context.req.query());
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  return apiError(context, 400, { code: "bad_query", message: "The query is wrong", issues });
}

/** Whoever wants everything is spared the parsing. */
function all(...tests: readonly (Test | null)[]): (data: string) => boolean {
  const asked = tests.filter((test) => test !== null);
  if (asked.length === 0) return () => true;
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
