import {
  type EffectCounts,
  type EffectRow,
  SESSION_EFFECTS,
  type SessionEffect,
} from "../../model/session_effect.ts";
import type { AppChange, ConfigChange, RestartNeed, TargetChange } from "./config_change.ts";
import type { ListenerChange } from "./listener_change.ts";
import type { OptionChange } from "./option_changes.ts";

/** How many open sessions a change concerns, and how. */
export interface Concern {
  /** Those that meet `effect`. */
  readonly sessions: number;
  /** The worst that any of them meets. */
  readonly effect: SessionEffect;
}

/** What a reload with another config would touch. */
export interface Plan {
  readonly listeners: ListenerChange;
  /** All that are open now, without those that drain already. */
  readonly sessions: EffectCounts;
  /** Outside of apps. */
  readonly options: readonly OptionChange[];
  readonly apps: readonly (AppChange & Concern)[];
  readonly targets: readonly (TargetChange & Concern)[];
  /** Options whose new value counts from the next start on. */
  readonly restart_needed: readonly RestartNeed[];
  /** Whether there is nothing to do. */
  readonly nothing: boolean;
}

/** What a plan is made of. */
export interface PlanFacts {
  readonly change: ConfigChange;
  readonly listeners: ListenerChange;
  /** What would become of all sessions. */
  readonly sessions: EffectCounts;
  /** The same, of those of apps that are touched. */
  readonly rows: readonly EffectRow[];
  /** What the config calls the target of that key: hosts of a service are one. */
  configured(app: string, target: string): string;
}

/** Says what a config would change, and how many sessions that concerns. */
export function makePlan({ change, listeners, sessions, rows, configured }: PlanFacts): Plan {
  const byApp = Map.groupBy(rows, ({ app }) => app);
  const byTarget = Map.groupBy(
    rows.filter(({ target }) => target !== null),
    ({ app, target }) => JSON.stringify([app, configured(app, target ?? "")]),
  );
  const { options, apps, targets, restart_needed } = change;
  return {
    listeners,
    sessions,
    options,
    apps: apps.map((one) => ({ ...one, ...concern(byApp.get(one.app)) })),
    targets: targets.map((one) => ({
      ...one,
      ...concern(byTarget.get(JSON.stringify([one.app, one.target]))),
    })),
    restart_needed,
    nothing: [options, apps, targets, listeners.opened, listeners.closed].every((list) => list.length === 0),
  };
}

function concern(rows: readonly EffectCounts[] = []): Concern {
  const count = (effect: SessionEffect): number => rows.reduce((sum, row) => sum + row[effect], 0);
  const effect = SESSION_EFFECTS.findLast((one) => count(one) > 0) ?? "kept";
  return { sessions: count(effect), effect };
}
