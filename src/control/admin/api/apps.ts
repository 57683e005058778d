import * as z from "zod";
import type { ApiSource } from "./api_source.ts";
import { findApp } from "./find_target.ts";
import { flagFilter, pageFacts, pageOf, pageQuery } from "./page.ts";
import { type Route, route } from "./route.ts";
import { appState, appView, viewApp, viewWholeApp, wholeAppView } from "./schemas/app.ts";

const query = pageQuery.extend({
  name: z.string().optional().describe("Only apps whose name has this in it."),
  state: appState.optional(),
  ready: flagFilter,
});

/** A page of apps. */
export const appsAnswer = z.strictObject({ apps: z.array(appView), ...pageFacts });

/** The apps. */
export function appRoutes(source: ApiSource): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/apps",
      summary: "The apps, without their targets",
      description: "Those that were removed are there as long as they have sessions.",
      role: "read",
      query,
      answer: appsAnswer,
      handle: ({ query: { name = "", state, ready, ...page } }) => {
        const all = source.status().apps.filter((app) =>
          app.name.includes(name) && (state ?? app.state) === app.state && (ready ?? app.ready) === app.ready
        );
        // An app that was removed and added again is there twice for a while.
        const { entries, ...facts } = pageOf(all, page, (app) => `${app.name}\0${all.indexOf(app)}`);
        return { body: { apps: entries.map(viewApp), ...facts } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/apps/{app}",
      summary: "One app, with its targets",
      role: "read",
      params: z.strictObject({ app: z.string() }),
      answer: wholeAppView,
      handle: ({ params }) => ({ body: viewWholeApp(findApp(source, params.app)) }),
    }),
  ];
}
