import { Counter } from "../../../model/board.ts";
import { HISTOGRAMS } from "../../../model/histograms.ts";
import type { Family, Labels, Sample } from "./family.ts";
import { appHistogram, perApp, perTarget } from "./families.ts";
import type { Scrape, ScrapedApp } from "./scrape.ts";

/** Classes of final answers, in the order of their counters. */
const CODES = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;

/** Requests, of apps in HTTP mode alone. */
export const HTTP_METRICS: readonly Family[] = [
  ofApp("fproxy_http_requests_total", "Requests whose head was read.", Counter.requests),
  {
    type: "counter",
    name: "fproxy_http_responses_total",
    help: "Final answers that clients were given, by the class of their code; 1xx is 101.",
    labels: ["app", "code"],
    collect: (scrape) =>
      scrape.apps.filter(isHttp).flatMap(({ snapshot: { name: app, slot } }) =>
        answers(scrape, { app }, slot)
      ),
  },
  appHistogram(
    "fproxy_http_request_duration_seconds",
    "Time from a request's whole head to the end of its answer, or of the connection that it became.",
    HISTOGRAMS.request,
    isHttp,
  ),
  ofTarget("fproxy_target_http_requests_total", "Requests that were for an endpoint.", Counter.requests),
  {
    type: "counter",
    name: "fproxy_target_http_responses_total",
    help: "Final answers of an endpoint, by the class of their code, those that no client got included.",
    labels: ["app", "target", "code"],
    collect: (scrape) =>
      scrape.targets.filter(({ app }) => isHttp(app)).flatMap(({ labels, slot }) =>
        answers(scrape, labels, slot)
      ),
  },
  ofTarget(
    "fproxy_target_http_unanswered_total",
    "Requests that an endpoint was connected for and did not answer.",
    Counter.unanswered,
  ),
  ofApp(
    "fproxy_hedges_sent_total",
    "Requests that were sent to one more endpoint because the earlier one was slow.",
    Counter.hedgesSent,
  ),
  ofApp("fproxy_hedges_won_total", "Those of them whose answer was the first.", Counter.hedgesWon),
  ofApp(
    "fproxy_hedge_budget_exhausted_total",
    "Times that a slow request was not sent to one more endpoint since the budget was used up.",
    Counter.hedgeBudgetExhausted,
  ),
];

function isHttp({ snapshot }: ScrapedApp): boolean {
  return snapshot.http !== null;
}

function ofApp(name: string, help: string, counter: number): Family {
  return perApp(
    "counter",
    name,
    help,
    (app, scrape) => isHttp(app) ? scrape.sum(app.snapshot.slot, counter) : undefined,
  );
}

function ofTarget(name: string, help: string, counter: number): Family {
  return perTarget(
    "counter",
    name,
    help,
    ({ app, slot }, scrape) => isHttp(app) ? scrape.sum(slot, counter) : undefined,
  );
}

function answers(scrape: Scrape, labels: Labels, slot: number): Sample[] {
  return CODES.map((code, hundred) => ({
    labels: { ...labels, code },
    value: scrape.sum(slot, Counter.answers + hundred),
  }));
}
