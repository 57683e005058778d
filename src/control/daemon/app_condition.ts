import { Admin, type TargetWords } from "../../model/target_words.ts";
import type { AppSnapshot, TargetSnapshot } from "../../model/snapshot.ts";
import { type AppState, appState } from "./app_state.ts";
import type { Daemon } from "./daemon.ts";

/** How an app is. */
export interface AppCondition {
  readonly state: AppState;
  /** Whether it serves, with as many targets as `min_available` asks for; apps on their way out count as ready. */
  readonly ready: boolean;
  /** Targets that can take sessions, and how many are wanted. */
  readonly available: number;
  readonly min_available: number;
  /** So few targets are available that all are used, see `fail_open_percent`. */
  readonly fails_open: boolean;
}

/**
 * Reads how an app is off the daemon and the board, without what it counted: it takes some microseconds.
 * @param leaving whether it was removed, or the program stops.
 */
export function readAppCondition(
  daemon: Daemon,
  words: TargetWords,
  snapshot: AppSnapshot,
  leaving: boolean,
): AppCondition {
  const { name, targets } = snapshot;
  const { failOpen, health } = daemon.availability;
  const fails_open = !leaving && failOpen.isOpen(name);
  const available = targets.filter((target) => isAvailable(words, target, fails_open)).length;
  const state = appState({
    leaving,
    inForce: daemon.fleet.inForce(snapshot),
    probed: health.isProbed(name),
    ...listenerFacts(daemon, snapshot, leaving),
    // What an operator took out is not missed.
    targets: targets.filter(({ slot, weight }) =>
      words.admin(slot) === Admin.ready && words.weight(slot, weight) > 0
    ).length,
    availableTargets: available,
    failsOpen: fails_open,
  });
  const min_available = health.minAvailable(name);
  return {
    state,
    ready: state === "draining" || (state === "ready" || state === "degraded") && available >= min_available,
    available,
    min_available,
    fails_open,
  };
}

/**
 * Whether a target can take sessions, its connection limit aside.
 * @param failsOpen whether its app uses all targets, well or not.
 */
export function isAvailable(
  words: TargetWords,
  { slot, weight, addresses }: TargetSnapshot,
  failsOpen: boolean,
): boolean {
  const isUsed = failsOpen ? words.admin(slot) === Admin.ready : words.isUp(slot);
  return isUsed && addresses.length > 0 && words.weight(slot, weight) > 0;
}

function listenerFacts(
  daemon: Daemon,
  snapshot: AppSnapshot,
  leaving: boolean,
): { readonly listeners: number; readonly servedListeners: number; readonly wholeListeners: number } {
  const { name, listeners } = snapshot;
  if (leaving) return { listeners: listeners.length, servedListeners: 0, wholeListeners: 0 };
  const failures = daemon.bindRetry.failuresOf(name);
  let servedListeners = 0;
  let wholeListeners = 0;
  for (const { key } of listeners) {
    const { wanted, served } = daemon.fleet.serviceOf(snapshot, key);
    if (served > 0) servedListeners++;
    if (served === wanted && !failures.has(key)) wholeListeners++;
  }
  // Those that have no address are in no snapshot.
  const total = listeners.length + daemon.listening.problemsOf(name).length;
  return { listeners: total, servedListeners, wholeListeners };
}
