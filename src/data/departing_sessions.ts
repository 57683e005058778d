import type { AppParts, EffectCounts, SessionEffect } from "../model/session_effect.ts";
import type { ClientSession } from "./client_session.ts";

/** Stands for the revision where no rollout began it: a host left a service, say. */
export const NO_REVISION = 0;

/**
 * What becomes of a session by a change of the config.
 * @param app its app as it is or would be then; undefined where that is gone, or is another one of the same name.
 */
export function effectOn(session: ClientSession, app: AppParts | undefined): SessionEffect {
  if (app !== undefined && session.fits(app)) return "kept";
  return session.app.snapshot.policy.drainTimeoutMs === 0 ? "cut" : "draining";
}

/** Counts of nothing yet. */
export function noEffects(): { -readonly [Effect in keyof EffectCounts]: number } {
  return { kept: 0, draining: 0, cut: 0 };
}

/** The sessions that lost their app, listener or target and have not ended yet, and by which revision. */
export class DepartingSessions {
  readonly #revisions = new Map<ClientSession, number>();

  add(session: ClientSession, revision: number): void {
    this.#revisions.set(session, revision);
  }

  has(session: ClientSession): boolean {
    return this.#revisions.has(session);
  }

  /** The session has ended. Called for every session: nearly always there is nothing to look for. */
  ended(session: ClientSession): void {
    if (this.#revisions.size > 0) this.#revisions.delete(session);
  }

  /** How many there are, by revision. */
  counts(): [revision: number, sessions: number][] {
    const counts = new Map<number, number>();
    for (const revision of this.#revisions.values()) counts.set(revision, (counts.get(revision) ?? 0) + 1);
    return [...counts];
  }
}
