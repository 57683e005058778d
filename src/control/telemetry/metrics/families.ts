import type { Histogram } from "../../../model/histograms.ts";
import type { Family, Labels, Sample } from "./family.ts";
import type { Scrape, ScrapedApp, ScrapedTarget } from "./scrape.ts";

type Kind = "counter" | "gauge";

/** One number for each app. @param read undefined where the app has none. */
export function perApp(
  type: Kind,
  name: string,
  help: string,
  read: (app: ScrapedApp, scrape: Scrape) => number | undefined,
): Family {
  return {
    type,
    name,
    help,
    labels: ["app"],
    collect: (scrape) => scrape.apps.flatMap((app) => sample({ app: app.snapshot.name }, read(app, scrape))),
  };
}

/** One number for each target of each app. @param read undefined where the target has none. */
export function perTarget(
  type: Kind,
  name: string,
  help: string,
  read: (target: ScrapedTarget, scrape: Scrape) => number | undefined,
): Family {
  return {
    type,
    name,
    help,
    labels: ["app", "target"],
    collect: (scrape) => scrape.targets.flatMap((target) => sample(target.labels, read(target, scrape))),
  };
}

/** One number for the process. @param read undefined where this machine does not tell. */
export function single(
  type: Kind,
  name: string,
  help: string,
  read: (scrape: Scrape) => number | undefined,
): Family {
  return { type, name, help, labels: [], collect: (scrape) => sample({}, read(scrape)) };
}

/** A histogram for each app. @param has whether the app has one. */
export function appHistogram(
  name: string,
  help: string,
  histogram: Histogram,
  has: (app: ScrapedApp) => boolean = () => true,
): Family {
  return {
    type: "histogram",
    name,
    help,
    labels: ["app"],
    collect: ({ apps, source: { daemon: { totals } } }) =>
      apps.filter(has).map(({ snapshot: { name: app, slot } }) => ({
        labels: { app },
        boundsMs: histogram.boundsMs,
        totals: totals.histogram(slot, histogram),
      })),
  };
}

/** A series for each of several states, 1 for the one that is. */
export function states(labels: Labels, names: readonly string[], present: string): Sample[] {
  return names.map((state) => ({ labels: { ...labels, state }, value: state === present ? 1 : 0 }));
}

function sample(labels: Labels, value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}
