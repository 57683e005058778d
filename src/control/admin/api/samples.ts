import * as z from "zod";
import { SAMPLE_DETAILS_MAX, SAMPLE_INTERVAL_STEP_MS } from "../../../base/limits.ts";
import { duration } from "../../../model/config_values.ts";
import type { ApiSource } from "./api_source.ts";
import { eventText, type Followers } from "./follow.ts";
import { list } from "./list.ts";
import { type Route, route } from "./route.ts";
import { sample } from "./schemas/sample.ts";

const samplesQuery = z.strictObject({
  interval: duration(500, 60_000).default(1_000),
  app: list.pipe(z.array(z.string()).max(SAMPLE_DETAILS_MAX)).default([]),
});

/** Numbers of the proxy, as they change. */
export function sampleRoutes({ samples }: ApiSource, followers: Followers): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/samples",
      summary: "Rates, percentiles and states, once an interval",
      description:
        "Server-sent events `sample` with JSON as data; goes on until the client ends it. The first has all apps, " +
        "later ones those that changed, and all again for who did not read in time (`complete`). `interval` is rounded up to " +
        "half seconds; details come of the apps that `app` names, between commas.",
      role: "read",
      query: samplesQuery,
      answer: sample,
      answerType: "text/event-stream",
      handle: ({ query: { interval, app } }) =>
        followers.tell(() => {
          const rounded = Math.ceil(interval / SAMPLE_INTERVAL_STEP_MS) * SAMPLE_INTERVAL_STEP_MS;
          const follower = samples.follow(rounded, app);
          return {
            next: async () => {
              const data = await follower.next();
              return data === null ? null : eventText("sample", data);
            },
            close: () => follower.close(),
          };
        }),
    }),
  ];
}
