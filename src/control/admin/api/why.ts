import * as z from "zod";
import { CLOSE_REASONS } from "../../../model/close_reason.ts";
import type { FoundTraces } from "../../sessions/why.ts";
import type { ApiSource } from "./api_source.ts";
import { pageQuery } from "./page.ts";
import { ApiProblem } from "./problem.ts";
import { type Route, route } from "./route.ts";
import { type WhyView, whyView } from "./schemas/why.ts";
import { viewWhy } from "./schemas/view_why.ts";

/** Traces of an answer where the client does not say. */
const DEFAULT_LIMIT = 20;

const filters = z.strictObject({
  app: z.string().optional().describe("Only those of this app."),
  target: z.string().optional().describe("Only those that this target took, or that tried it."),
  client: z.string().optional().describe("Only those whose client's `ip:port` begins like this."),
  reason: z.enum(CLOSE_REASONS).optional().describe("Only those that ended for this reason."),
  limit: pageQuery.shape.limit.describe(
    `Most traces of the answer, 1 to 1000; ${DEFAULT_LIMIT} unless given.`,
  ),
});

const list = z.strictObject({
  traces: z.array(whyView).describe("Newest first, by their ends."),
  sessions_kept: z.int().describe("As `why.sessions` in the config, for each data thread."),
  threads_missing: z.array(z.int()).describe("Data threads that did not answer; their traces are missing."),
});

/** Body of `GET /api/v1/why`. */
export type WhyList = z.output<typeof list>;

/** Why sessions went as they did. */
export function whyRoutes({ why }: ApiSource): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/why",
      summary: "Why the last sessions went as they did, newest first",
      description:
        "Those that have ended, in mode `http` requests. Each data thread keeps its last `why.sessions`.",
      role: "read",
      query: filters,
      answer: list,
      handle: async ({ query: { limit = DEFAULT_LIMIT, app, target, client, reason } }) => {
        const filter = {
          app: app ?? null,
          target: target ?? null,
          client: client ?? null,
          reason: reason ?? null,
        };
        const found = await why.latest(filter, limit);
        if (isOff(found)) throw off();
        const { traces, kept, missing } = found;
        return { body: { traces: traces.map(viewWhy), sessions_kept: kept, threads_missing: [...missing] } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/why/{id}",
      summary: "Why one session went as it did, by the id of its access record",
      description:
        "Open ones, too: then it is as of now. For the id of a connection in mode `http` it is its last request.",
      role: "read",
      params: z.strictObject({ id: z.string() }),
      answer: whyView,
      handle: async ({ params: { id } }): Promise<{ body: WhyView }> => {
        const found = await why.find(id);
        const [trace] = found.traces;
        if (trace === undefined) throw isOff(found) ? off() : notFound(id, found);
        return { body: viewWhy(trace) };
      },
    }),
  ];
}

function isOff({ kept, missing }: FoundTraces): boolean {
  return kept === 0 && missing.length === 0;
}

function off(): ApiProblem {
  return new ApiProblem("not_found", {
    detail: "No traces of sessions are kept",
    hint: "set why.sessions in the config above 0, and have an app that takes sessions",
  });
}

function notFound(id: string, { kept, missing }: FoundTraces): ApiProblem {
  const unheard = missing.length === 0 ? "" : `; data thread ${missing.join(", ")} did not answer`;
  return new ApiProblem("not_found", {
    detail: `There is no trace of ${id}${unheard}`,
    hint: `each data thread keeps its last ${kept} sessions (why.sessions in the config); ` +
      "those of a thread that was replaced are gone with it",
  });
}
