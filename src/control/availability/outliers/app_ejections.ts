import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/log.ts";
import type { OutlierDetectionConfig } from "../../../model/config.ts";
import type { EjectionCause, Ejections } from "../../../model/ejections.ts";
import type { AppSnapshot, TargetSnapshot } from "../../../model/snapshot.ts";
import { Health, type HealthValue, type TargetWords } from "../../../model/target_words.ts";
import type { CounterTotals } from "../../telemetry/counter_totals.ts";
import type { WatchedApp } from "../watched_app.ts";
import { ejected, type Ejection, intervalPassed, isOver, NEVER_EJECTED, returned } from "./ejection.ts";
import { OutcomeWindow } from "./outcome_window.ts";
import { findOutliers } from "./rates.ts";

/** What the ejections of an app work with. */
export interface EjectionContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly words: TargetWords;
  readonly ejections: Ejections;
  readonly totals: CounterTotals;
  /** What health checks found of a target last. */
  lastHealth(slot: number): Exclude<HealthValue, typeof Health.ejected>;
}

/** What status shows of a target that is out. */
export interface EjectionStatus {
  readonly cause: EjectionCause;
  /** ISO 8601. */
  readonly since: string;
  readonly until: string;
}

interface Target {
  ejection: Ejection;
  readonly window: OutcomeWindow;
  /** Since the epoch, of the last ejection. */
  sinceWallMs: number;
}

/** The ejections of one app's targets: notices those by data threads, adds those by rates, and brings targets back. */
export class AppEjections {
  /** How often targets were ejected, by cause; targets that are gone included. */
  readonly totals = new Map<EjectionCause, number>();
  #snapshot: AppSnapshot;
  /** Null where the app does not want it any more: what is out comes back. */
  #policy: OutlierDetectionConfig | null;
  #targets = new Map<number, Target>();
  #intervalAt: number;
  /** What a recount found wrong the last time. */
  #suspicion = "";

  constructor(private readonly context: EjectionContext, app: WatchedApp) {
    this.#snapshot = app.snapshot;
    this.#policy = policyOf(app);
    this.#intervalAt = this.#nextInterval();
    this.#takeTargets();
  }

  /** The app was rolled out again; targets that stay keep what is known of them. */
  take(app: WatchedApp): void {
    const before = this.#policy?.interval;
    this.#snapshot = app.snapshot;
    this.#policy = policyOf(app);
    if (this.#policy?.interval !== before) this.#intervalAt = this.#nextInterval();
    this.#takeTargets();
  }

  /** Notices what data threads did. To be called when the words of some target changed. */
  notice(): void {
    for (const target of this.#snapshot.targets) {
      const state = this.#targets.get(target.slot);
      if (state === undefined) continue;
      const isOut = this.context.words.health(target.slot) === Health.ejected;
      if (isOut && state.ejection.out === null) this.#ejected(target, state);
      else if (!isOut) state.ejection = returned(state.ejection);
    }
  }

  /** Does what is due. */
  onTime(): void {
    const now = this.context.clock.now();
    if (this.#policy !== null && now >= this.#intervalAt) {
      this.#intervalAt = now + this.#policy.interval;
      this.#judge(this.#policy);
    }
    const out = this.#snapshot.targets.filter(({ slot }) => this.#ejection(slot)?.out);
    if (out.length === 0) return;
    // An answer that is unlikely is better than none.
    const isDry = !this.#snapshot.targets.some((target) => this.#isAvailable(target));
    for (const target of out) {
      const state = this.#targets.get(target.slot);
      if (state !== undefined && (isDry || this.#policy === null || isOver(state.ejection, now))) {
        this.#bringBack(target, state);
      }
    }
  }

  /** Sets the count of ejected targets right where two calls in a row find it wrong in the same way. */
  recount(): void {
    const { ejections, words } = this.context;
    const { slot, targets } = this.#snapshot;
    const counted = ejections.count(slot);
    const actual = targets.filter((target) => words.health(target.slot) === Health.ejected).length;
    const suspicion = counted === actual ? "" : `${counted} ${actual} ${words.epoch}`;
    if (suspicion !== "" && suspicion === this.#suspicion) ejections.recount(slot, counted, actual);
    this.#suspicion = suspicion;
  }

  /** Of a target that is out; null for others. */
  status(slot: number): EjectionStatus | null {
    const state = this.#targets.get(slot);
    const out = state?.ejection.out;
    if (state === undefined || out === null || out === undefined) return null;
    return {
      cause: this.context.ejections.cause(slot),
      since: new Date(state.sinceWallMs).toISOString(),
      until: new Date(state.sinceWallMs + out.untilMs - out.sinceMs).toISOString(),
    };
  }

  /** How often a target was ejected. */
  total(slot: number): number {
    return this.#ejection(slot)?.total ?? 0;
  }

  #takeTargets(): void {
    const before = this.#targets;
    const { targets, http } = this.#snapshot;
    this.#targets = new Map(targets.map(({ slot }): [number, Target] => [
      slot,
      before.get(slot) ?? {
        ejection: NEVER_EJECTED,
        window: new OutcomeWindow(this.context.totals, slot, http !== null),
        sinceWallMs: 0,
      },
    ]));
  }

  #ejected(target: TargetSnapshot, state: Target): void {
    const { clock, ejections, log } = this.context;
    if (this.#policy === null) {
      // By a session that began when the app still wanted it.
      ejections.restore(this.#snapshot.slot, target.slot, this.context.lastHealth(target.slot));
      return;
    }
    const now = clock.now();
    const cause = ejections.cause(target.slot);
    state.ejection = ejected(state.ejection, now, this.#policy);
    state.sinceWallMs = clock.wallTime();
    this.totals.set(cause, (this.totals.get(cause) ?? 0) + 1);
    log.warn("target_ejected", {
      app: this.#snapshot.name,
      target: target.key,
      cause,
      for_ms: (state.ejection.out?.untilMs ?? now) - now,
      ejections: state.ejection.total,
    });
  }

  #bringBack(target: TargetSnapshot, state: Target): void {
    const { clock, ejections, lastHealth, log } = this.context;
    const outMs = clock.now() - (state.ejection.out?.sinceMs ?? 0);
    state.ejection = returned(state.ejection);
    ejections.restore(this.#snapshot.slot, target.slot, lastHealth(target.slot));
    log.info("target_returned", {
      app: this.#snapshot.name,
      target: target.key,
      after_ms: Math.round(outMs),
    });
  }

  /** Ejects by rates, and lets those that were in count one ejection less. */
  #judge(policy: OutlierDetectionConfig): void {
    const { ejections } = this.context;
    const { targets } = this.#snapshot;
    const outcomes = targets.map(({ slot }) => {
      const taken = this.#targets.get(slot)?.window.take() ?? null;
      return this.#ejection(slot)?.out === null ? taken : null;
    });
    for (const { index, cause } of findOutliers(outcomes, policy)) {
      const slot = targets[index]?.slot ?? 0;
      ejections.eject(this.#snapshot, slot, cause, policy.max_ejection_percent);
    }
    this.notice();
    for (const state of this.#targets.values()) state.ejection = intervalPassed(state.ejection);
  }

  #isAvailable({ slot, weight, addresses }: TargetSnapshot): boolean {
    const { words } = this.context;
    return addresses.length > 0 && words.weight(slot, weight) > 0 && words.isUp(slot);
  }

  #ejection(slot: number): Ejection | undefined {
    return this.#targets.get(slot)?.ejection;
  }

  #nextInterval(): number {
    return this.context.clock.now() + (this.#policy?.interval ?? 0);
  }
}

function policyOf({ config: { outlier_detection: policy } }: WatchedApp): OutlierDetectionConfig | null {
  return policy === undefined || policy === false ? null : policy;
}
