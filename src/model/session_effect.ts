/** What a change of the config does to an open session, from the mildest on. */
export const SESSION_EFFECTS = [
  /** It goes on, under the limits that it started with. */
  "kept",
  /** Its app, listener or target is gone: it may run on for its `drain_timeout`. */
  "draining",
  /** As `draining`, with a `drain_timeout` of zero: it ends at once. */
  "cut",
] as const;

/** One of {@link SESSION_EFFECTS}. */
export type SessionEffect = typeof SESSION_EFFECTS[number];

/** How many sessions meet which effect. */
export type EffectCounts = Readonly<Record<SessionEffect, number>>;

/** What sessions need of their app. */
export interface AppParts {
  /** Whether it is in mode `http`. */
  readonly isHttp: boolean;
  /** Whether the listener of that key is (still) its own. */
  hasListener(key: string): boolean;
  /** Whether the target of that key is (still) its own. */
  hasTarget(key: string): boolean;
}

/** An app as a config would make it, as far as sessions depend on it. Plain data. */
export interface WantedApp {
  readonly name: string;
  readonly isHttp: boolean;
  /** Keys. */
  readonly listeners: readonly string[];
  /** Keys. */
  readonly targets: readonly string[];
}

/** What a data thread is asked about a change that has not been made. */
export interface RehearseQuery {
  /** Tells answers apart. */
  readonly number: number;
  /** Apps that would be changed. */
  readonly apps: readonly WantedApp[];
  /** Names of those that would be removed. */
  readonly removed: readonly string[];
}

/** What it would do to sessions of one app with one target. */
export interface EffectRow extends EffectCounts {
  readonly app: string;
  /** Key of the target; of several at once the first. Null for sessions that have none. */
  readonly target: string | null;
}

/** Answer to a {@link RehearseQuery}. Sessions that drain already, by an earlier change, count nowhere in it. */
export interface RehearseAnswer {
  readonly type: "rehearsed";
  /** That of the query. */
  readonly number: number;
  /** All sessions of the thread. */
  readonly total: EffectCounts;
  /** Those of the apps in the query. */
  readonly rows: readonly EffectRow[];
  /** Sessions that drain, by the revision that began it. */
  readonly departing: readonly (readonly [revision: number, sessions: number])[];
}
