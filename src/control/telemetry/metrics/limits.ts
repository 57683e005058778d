import { Counter } from "../../../model/board.ts";
import { LIMIT_NAMES, type LimitName } from "../../../model/limit_name.ts";
import type { LimitTable } from "../../../model/limit_table.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";
import type { Family } from "./family.ts";
import { perApp } from "./families.ts";
import type { Scrape, ScrapedApp } from "./scrape.ts";

/** What the limits of apps turned away, and what is known of clients. */
export const LIMIT_METRICS: readonly Family[] = [
  perLimit(
    "fproxy_limit_refusals_total",
    "Client connections that were turned away, by the limit.",
    Counter.limitRefused,
    // That one is an option of its own, and each app has it.
    (limit, { limits }) => limits !== null || limit === "max_connections",
  ),
  perLimit(
    "fproxy_limit_dry_run_total",
    "Client connections that would have been turned away, were limits.dry_run not set.",
    Counter.limitExceeded,
    (limit, { limits }) => limits !== null && limit !== "max_connections",
  ),
  perApp(
    "gauge",
    "fproxy_limit_clients",
    "Clients that the limits for each client know something of.",
    (app, scrape) => tableOf(app, scrape)?.used,
  ),
  perApp(
    "gauge",
    "fproxy_limit_clients_max",
    "Most of them; then the oldest are forgotten.",
    ({ snapshot: { limits } }) =>
      limits === null || limits.table.entries === 0 ? undefined : limits.table.entries,
  ),
  perApp(
    "counter",
    "fproxy_limit_clients_evicted_total",
    "Clients that were forgotten to make room for others, although their limits still counted something.",
    (app, scrape) => tableOf(app, scrape)?.evicted,
  ),
];

/** A counter for each limit of each app. @param first of the counters of all limits. @param has whether the app has one. */
function perLimit(
  name: string,
  help: string,
  first: number,
  has: (limit: LimitName, app: AppSnapshot) => boolean,
): Family {
  return {
    type: "counter",
    name,
    help,
    labels: ["app", "limit"],
    collect: (scrape) =>
      scrape.apps.flatMap(({ snapshot }) =>
        LIMIT_NAMES.flatMap((limit, at) =>
          has(limit, snapshot)
            ? [{ labels: { app: snapshot.name, limit }, value: scrape.sum(snapshot.slot, first + at) }]
            : []
        )
      ),
  };
}

/** Undefined for apps without limits for each client. */
function tableOf(
  { snapshot: { limits } }: ScrapedApp,
  { source: { daemon } }: Scrape,
): LimitTable | undefined {
  return limits === null || limits.table.entries === 0 ? undefined : daemon.tables.limits.open(limits.table);
}
