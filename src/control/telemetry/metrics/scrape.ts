import type { RegionStanding } from "../../../model/region_standing.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";
import type { AppStatus, Status, TargetStatus } from "../../daemon/status.ts";
import type { Daemon } from "../../daemon/daemon.ts";
import type { Overrides } from "../../overrides/overrides.ts";
import type { ReloadLog } from "../reload_log.ts";
import type { SignalCounts } from "../signal_counts.ts";
import type { LoopDelay } from "./loop_delay.ts";
import type { ProcessUsage } from "./process_usage.ts";

/** Everything that metrics are read from. */
export interface MetricsSource {
  /** The program's version. */
  readonly version: string;
  readonly daemon: Daemon;
  readonly overrides: Overrides;
  readonly reloads: ReloadLog;
  readonly loopDelay: LoopDelay;
  readonly process: ProcessUsage;
  status(): Status;
  /** What was sent by OTLP; nothing where that is off. */
  otlp(): readonly SignalCounts[];
  /** How the proxy stands with its region; null without one. */
  region(): RegionStanding | null;
}

/** An app of the running config, and its status. */
export interface ScrapedApp {
  readonly snapshot: AppSnapshot;
  readonly status: AppStatus;
}

/** A target of an app with both. */
export interface ScrapedTarget {
  /** Its labels. */
  readonly labels: { readonly app: string; readonly target: string };
  readonly slot: number;
  readonly app: ScrapedApp;
  readonly status: TargetStatus;
}

/** What is read once for all metrics of one answer. Apps that are gone from the config are not in it. */
export class Scrape {
  readonly status: Status;
  readonly apps: readonly ScrapedApp[];
  readonly targets: readonly ScrapedTarget[];

  constructor(readonly source: MetricsSource) {
    this.status = source.status();
    const statuses = new Map<string, AppStatus>();
    // An app that was removed and came back is there twice: first as it is, then as it goes.
    for (const status of this.status.apps) {
      if (!statuses.has(status.name)) statuses.set(status.name, status);
    }
    this.apps = [...source.daemon.snapshots.values()].flatMap((snapshot) => {
      const status = statuses.get(snapshot.name);
      return status === undefined ? [] : [{ snapshot, status }];
    });
    this.targets = this.apps.flatMap(targetsOf);
  }

  /** A slot's counter, over all threads. */
  sum(slot: number, counter: number): number {
    return this.source.daemon.totals.sum(slot, counter);
  }
}

function targetsOf(app: ScrapedApp): ScrapedTarget[] {
  const { snapshot, status } = app;
  return snapshot.targets.flatMap(({ key, slot }, index) => {
    const target = status.targets[index];
    return target === undefined
      ? []
      : [{ labels: { app: snapshot.name, target: key }, slot, app, status: target }];
  });
}
