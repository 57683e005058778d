import * as z from "zod";
import type { LiveSession, SessionFilter } from "../../../model/live_session.ts";
import type { SessionCursor } from "../../sessions/sessions.ts";
import type { ApiSource } from "./api_source.ts";
import { DEFAULT_LIMIT, pageFacts, pageQuery } from "./page.ts";
import { ApiProblem } from "./problem.ts";
import { type Route, route } from "./route.ts";
import { whoAsks } from "./who_asks.ts";

/** An open session. */
export const sessionView = z.strictObject({
  id: z.string().describe("As in its access record; in mode `http` what the ids of its requests begin with."),
  app: z.string(),
  listener: z.string(),
  client: z.string().describe("`ip:port`."),
  target: z.string().nullable().describe("That is connected or tried, null while there is none."),
  revision: z.int().describe("Of the app's config that it is served by."),
  age_ms: z.number(),
  bytes_in: z.int().describe("From the client; in mode `http` of the request under way alone."),
  bytes_out: z.int().describe("To the client; in mode `http` of the answer under way alone."),
  requests: z.int().nullable().describe("That have ended on the connection; null in mode `tcp`."),
  thread: z.int().describe("Data thread that it is in."),
}).meta({ id: "Session" });

/** One of {@link sessionView}. */
export type SessionView = z.output<typeof sessionView>;

const filters = z.strictObject({
  app: z.string().optional().describe("Only those of this app."),
  target: z.string().optional().describe("Only those with this target."),
  client: z.string().optional().describe("Only those whose client's `ip:port` begins like this."),
  id: z.string().optional().describe("Only this one."),
});

const threads_missing = z.array(z.int()).describe(
  "Data threads that did not answer; their sessions are missing.",
);

const page = z.strictObject({ sessions: z.array(sessionView), ...pageFacts, threads_missing });
const cut = z.strictObject({ cut: z.int().describe("How many were ended."), threads_missing });

/** Body of `GET /api/v1/sessions`. */
export type SessionsPage = z.output<typeof page>;

/** Body of the answer to `DELETE /api/v1/sessions`. */
export type SessionsCut = z.output<typeof cut>;

/** Sessions that are open now. */
export function sessionRoutes({ sessions }: ApiSource): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/sessions",
      summary: "Sessions that are open now, by data thread and age",
      description: "Data threads are asked: with many sessions it takes them some milliseconds.",
      role: "read",
      query: pageQuery.extend(filters.shape),
      answer: page,
      handle: async ({ query: { limit = DEFAULT_LIMIT, cursor, ...filter } }) => {
        const found = await sessions.list(filterOf(filter), limit, readCursor(cursor));
        const { next } = found;
        return {
          body: {
            sessions: found.sessions.map(viewSession),
            total: found.count,
            next_cursor: next === null ? null : `${next.thread}.${next.number}`,
            threads_missing: [...found.missing],
          },
        };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/sessions",
      summary: "Ends sessions at once",
      description: "All that the filters leave, of which there must be one. Their records say `admin`.",
      role: "write",
      query: filters,
      answer: cut,
      handle: async (request) => {
        const filter = filterOf(request.query);
        if (Object.values(filter).every((value) => value === null)) {
          throw new ApiProblem("invalid", {
            detail: "Nothing says which sessions: give app, target, client or id",
          });
        }
        const { count, missing } = await sessions.cut(filter, whoAsks(request));
        return { body: { cut: count, threads_missing: [...missing] } };
      },
    }),
  ];
}

function filterOf({ app, target, client, id }: z.output<typeof filters>): SessionFilter {
  return { app: app ?? null, target: target ?? null, client: client ?? null, id: id ?? null };
}

function readCursor(cursor: string | undefined): SessionCursor | null {
  if (cursor === undefined) return null;
  const [, thread, number] = /^(\d{1,4})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (number === undefined) {
    throw new ApiProblem("invalid", {
      detail: `"${cursor}" is no cursor`,
      errors: [{ path: "cursor", message: "must be next_cursor of the page before" }],
    });
  }
  return { thread: Number(thread), number: Number(number) };
}

function viewSession(session: LiveSession & { readonly thread: number }): SessionView {
  const { id, app, listener, client, target, revision, ageMs, bytesIn, bytesOut, requests, thread } = session;
  return {
    id,
    app,
    listener,
    client,
    target,
    revision,
    age_ms: Math.round(ageMs),
    bytes_in: bytesIn,
    bytes_out: bytesOut,
    requests,
    thread,
  };
}
