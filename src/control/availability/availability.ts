import type { AppConfig } from "../../model/config.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import { TargetWords } from "../../model/target_words.ts";
import { FailOpenWatch } from "./fail_open_watch.ts";
import { HealthChecks, type HealthChecksOptions } from "./health_checks.ts";
import { PassiveAvailability } from "./passive.ts";

/** An app of the running config, and what data threads work from. */
export interface ConfiguredApp {
  readonly config: AppConfig;
  readonly snapshot: AppSnapshot;
}

/** What control finds out of targets: by probes, and from the sessions that they carry. */
export class Availability {
  /** What probes find. */
  readonly health: HealthChecks;
  /** Who is ejected, and who comes up slowly. */
  readonly passive: PassiveAvailability;
  /** Which apps use all their targets, since too few are available. */
  readonly failOpen: FailOpenWatch;

  constructor(options: HealthChecksOptions) {
    this.health = new HealthChecks(options);
    this.passive = new PassiveAvailability({
      ...options,
      lastHealth: (slot) => this.health.statusOf(slot),
    });
    const { clock, log, board } = options;
    this.failOpen = new FailOpenWatch({ clock, log, words: new TargetWords(board) });
  }

  /** The app was rolled out, for the first time or again. @param before the same app until now. */
  take(app: ConfiguredApp, before: AppSnapshot | undefined): void {
    this.health.set(app.snapshot, app.config);
    this.passive.take(app, before);
    this.failOpen.take(app.snapshot);
  }

  /** The app is gone. */
  forget(snapshot: AppSnapshot): void {
    this.health.remove(snapshot.name);
    this.passive.forget(snapshot);
    this.failOpen.forget(snapshot.name);
  }

  /** Looks no more. */
  close(): void {
    this.health.close();
    this.passive.close();
    this.failOpen.close();
  }
}
