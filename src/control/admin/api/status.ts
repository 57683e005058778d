import * as z from "zod";
import type { ApiSource } from "./api_source.ts";
import { flagFilter, pageFacts, pageOf, pageQuery } from "./page.ts";
import { type Route, route } from "./route.ts";
import { appState } from "./schemas/app.ts";

const statusView = z.strictObject({
  version: z.string(),
  revision: z.int().describe("Number of the config that is rolled out; 0 before the first."),
  ready: z.boolean().describe("Whether every app is ready."),
  connections: z.strictObject({ active: z.int(), max: z.int() }),
  dropped: z.strictObject({ access_records: z.int(), log_lines: z.int() }),
  control: z.strictObject({ nice: z.int() }),
  threads: z.array(z.strictObject({
    index: z.int(),
    engine: z.string(),
    state: z.string(),
    revision: z.int(),
    restarts: z.int(),
    unanswered_pings: z.int(),
  })),
  apps: z.strictObject({
    total: z.int(),
    by_state: z.partialRecord(appState, z.int()),
  }).describe("Counts; the apps themselves are another resource."),
  names: z.strictObject({ total: z.int(), failing: z.int() }),
  region: z.strictObject({ region: z.string(), node: z.string().describe("Name of this proxy in it.") })
    .nullable().describe("The region that it is part of; null where there is none."),
}).meta({ id: "Status" });

/** One of {@link statusView}. */
export type StatusView = z.output<typeof statusView>;

const nameView = z.strictObject({
  host: z.string(),
  ips: z.array(z.string()).describe("Best first."),
  records: z.array(z.string()).optional().describe("Of a service: `PRIORITY WEIGHT PORT NAME`."),
  error: z.string().nullable().describe("Why the last look-up failed."),
  stale: z.boolean(),
  age_ms: z.number().nullable(),
}).meta({ id: "Name" });

/** The proxy as a whole, and the names that it resolves. */
export function statusRoutes(source: ApiSource): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/status",
      summary: "The proxy as a whole",
      role: "read",
      answer: statusView,
      handle: () => ({ body: viewStatus(source) }),
    }),
    route({
      method: "GET",
      path: "/api/v1/names",
      summary: "Names of targets, and what they are",
      role: "read",
      query: pageQuery.extend({
        failing: flagFilter.describe("Only those whose last look-up failed, or not."),
      }),
      answer: z.strictObject({ names: z.array(nameView), ...pageFacts }),
      handle: ({ query: { failing, ...page } }) => {
        const all = source.status().names.filter(({ error }) =>
          (failing ?? error !== null) === (error !== null)
        );
        const { entries, ...facts } = pageOf(all, page, ({ host }) => host);
        const names = entries.map(({ ips, records, ...rest }) => ({
          ...rest,
          ips: [...ips],
          ...(records === undefined ? {} : { records: [...records] }),
        }));
        return { body: { names, ...facts } };
      },
    }),
  ];
}

function viewStatus(source: ApiSource): z.input<typeof statusView> {
  const { apps, names, threads, connections, dropped, control, revision, ready } = source.status();
  const by_state: z.input<typeof statusView>["apps"]["by_state"] = {};
  for (const { state } of apps) by_state[state] = (by_state[state] ?? 0) + 1;
  return {
    version: source.version,
    revision,
    ready,
    connections,
    dropped,
    control,
    threads: [...threads],
    apps: { total: apps.length, by_state },
    names: { total: names.length, failing: names.filter(({ error }) => error !== null).length },
    region: source.region.membership,
  };
}
