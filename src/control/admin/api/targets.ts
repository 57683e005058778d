import * as z from "zod";
import type { ApiSource } from "./api_source.ts";
import { findApp } from "./find_target.ts";
import { flagFilter, pageFacts, pageOf, pageQuery } from "./page.ts";
import { type Route, route } from "./route.ts";
import {
  adminWord,
  filterTargets,
  healthWord,
  targetOfApp,
  targetView,
  viewTarget,
} from "./schemas/target.ts";

const filters = {
  health: healthWord.optional(),
  state: adminWord.optional().describe("What config, operators and agents come to."),
  available: flagFilter.describe("Whether it takes new sessions."),
  overridden: flagFilter.describe("Whether an operator said something of it."),
};

const targetsOfApp = z.strictObject({
  app: z.string(),
  strategy: z.string(),
  fails_open: z.boolean().describe("Whether so few targets are well that all are used."),
  targets: z.array(targetView),
  ...pageFacts,
});

/** Body of `GET /api/v1/apps/{app}/targets`. */
export type TargetsView = z.output<typeof targetsOfApp>;

/** The targets, layer by layer. */
export function targetRoutes(source: ApiSource): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/targets",
      summary: "Targets of all apps",
      role: "read",
      query: pageQuery.extend({ app: z.string().optional().describe("Only those of this app."), ...filters }),
      answer: z.strictObject({ targets: z.array(targetOfApp), ...pageFacts }),
      handle: ({ query: { app, limit, cursor, ...filter } }) => {
        const names = app === undefined ? source.appNames() : [findApp(source, app).name];
        const all = names.flatMap((name) => {
          const found = source.app(name);
          return found === undefined
            ? []
            : filterTargets(found, filter).map((target) => ({ app: name, target }));
        });
        const { entries, ...facts } = pageOf(
          all,
          { limit, cursor },
          (entry) => `${entry.app}\0${entry.target.target}`,
        );
        const targets = entries.map((entry) => ({ app: entry.app, ...viewTarget(entry.target) }));
        return { body: { targets, ...facts } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/apps/{app}/targets",
      summary: "Targets of one app",
      role: "read",
      params: z.strictObject({ app: z.string() }),
      query: pageQuery.extend(filters),
      answer: targetsOfApp,
      handle: ({ params, query: { limit, cursor, ...filter } }) => {
        const app = findApp(source, params.app);
        const all = filterTargets(app, filter).map((target, index) => ({ target, index }));
        // In the order of the config.
        const { entries, ...facts } = pageOf(
          all,
          { limit, cursor },
          ({ index }) => String(index).padStart(8, "0"),
        );
        const targets = entries.map(({ target }) => viewTarget(target));
        const { name, strategy, fails_open } = app;
        return { body: { app: name, strategy, fails_open, targets, ...facts } };
      },
    }),
  ];
}
