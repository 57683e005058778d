import * as z from "zod";
import { overrideJson } from "../../overrides/override_json.ts";
import type { ApiSource } from "./api_source.ts";
import { pageFacts, pageOf, pageQuery } from "./page.ts";
import { type Route, route } from "./route.ts";
import { overrideEntry } from "./schemas/override.ts";

/** All overrides, those of targets that are gone from the config included. */
export function overrideRoutes(source: ApiSource): Route[] {
  return [route({
    method: "GET",
    path: "/api/v1/overrides",
    summary: "What operators said of targets, those included that are gone from the config",
    role: "read",
    query: pageQuery.extend({ app: z.string().optional().describe("Only those of this app.") }),
    answer: z.strictObject({
      overrides: z.array(overrideEntry),
      state_dir: z.string().nullable().describe("Where they outlive a restart."),
      error: z.string().nullable().describe("Why they would be lost at a restart."),
      ...pageFacts,
    }),
    handle: ({ query: { app, ...page } }) => {
      const { directory, error } = source.overrides.store;
      const all = [...source.overrides.all()].filter((one) => (app ?? one.app) === one.app);
      const { entries, ...facts } = pageOf(all, page, (one) => `${one.app}\0${one.target}`);
      const state_dir = directory === "" ? null : directory;
      return { body: { overrides: entries.map(overrideJson), state_dir, error, ...facts } };
    },
  })];
}
