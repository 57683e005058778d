/** What status and `/readyz` say of an app. */
export const APP_STATES = ["starting", "ready", "degraded", "failed", "draining"] as const;

/** One of {@link APP_STATES}. */
export type AppState = typeof APP_STATES[number];

/** What an app's state follows from. */
export interface AppFacts {
  /** Removed from the config, or the program stops: it takes no new sessions, and some still run. */
  readonly leaving: boolean;
  /** Every data thread that serves has taken over the app's latest revision. */
  readonly inForce: boolean;
  /** The first probes of its targets have answered; true where there are none. */
  readonly probed: boolean;
  /** Listeners configured, how many of them are served at all, and how many by every thread. */
  readonly listeners: number;
  readonly servedListeners: number;
  readonly wholeListeners: number;
  /** Targets that are meant to take sessions, and how many of them can. */
  readonly targets: number;
  readonly availableTargets: number;
  /** So few targets are well that all are used. */
  readonly failsOpen: boolean;
}

/** The state of an app. `failed` means that it cannot serve at all; `degraded` that a part of it is out. */
export function appState(facts: AppFacts): AppState {
  if (facts.leaving) return "draining";
  if (!facts.inForce || !facts.probed) return "starting";
  if (facts.servedListeners === 0 || facts.availableTargets === 0) return "failed";
  const whole = facts.wholeListeners === facts.listeners && facts.availableTargets === facts.targets &&
    !facts.failsOpen;
  return whole ? "ready" : "degraded";
}
