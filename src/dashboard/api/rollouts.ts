import type { Diagnostic } from "./types.ts";

/** One option that changes. */
export interface OptionChange {
  readonly path: string;
  /** Null where there was none, or is none any more. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What becomes of the sessions that a change concerns. */
export type SessionEffect = "kept" | "draining" | "cut";

/** How many sessions meet what. */
export type EffectCounts = Readonly<Record<SessionEffect, number>>;

/** Whether an app or a target comes, goes, or becomes another. */
export type ChangeKind = "added" | "removed" | "changed";

/** An app that changes. */
export interface AppChange {
  readonly app: string;
  readonly change: ChangeKind;
  readonly options: readonly OptionChange[];
}

/** A target that changes. */
export interface TargetChange {
  readonly app: string;
  readonly target: string;
  readonly change: ChangeKind;
}

/** In what a config differs from the one before. */
export interface ConfigChange<A extends AppChange = AppChange, T extends TargetChange = TargetChange> {
  /** Outside of apps. */
  readonly options: readonly OptionChange[];
  readonly apps: readonly A[];
  readonly targets: readonly T[];
  /** Options whose new value counts from the next start on. */
  readonly restart_needed: readonly (OptionChange & { readonly reason: string })[];
}

/** How many sessions a change concerns, and how. */
export interface Concern {
  readonly sessions: number;
  readonly effect: SessionEffect;
}

/** What applying a config would do. */
export interface Plan extends ConfigChange<AppChange & Concern, TargetChange & Concern> {
  readonly listeners: {
    readonly kept: readonly string[];
    readonly opened: readonly string[];
    readonly closed: readonly string[];
  };
  readonly sessions: EffectCounts;
  readonly nothing: boolean;
}

/** What a rollout did. */
export interface Receipt {
  readonly sessions: EffectCounts;
  readonly listeners: {
    readonly kept: number;
    readonly opened: number;
    readonly closed: number;
    readonly failed: number;
  };
}

/** What became of a config. */
export interface Rollout {
  readonly number: number;
  readonly source: string;
  readonly hash: string;
  readonly result: "applied" | "refused" | "failed" | "waiting" | "superseded";
  readonly revision: number | null;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly error: string;
  readonly receipt?: Receipt | null | undefined;
}

/** With what was wrong or doubtful. */
export interface WholeRollout extends Rollout {
  readonly diagnostics: readonly Diagnostic[];
  readonly change?: ConfigChange | null | undefined;
  /** Sessions that still drain. */
  readonly draining_now?: number | undefined;
}

/** Answer of `POST /api/v1/config/validate`. */
export interface Validation {
  readonly valid: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan | null | undefined;
  /** Why there is none for a valid config. */
  readonly plan_error?: string | undefined;
}

/** Answer of `GET /api/v1/config`, without the config. */
export interface RunningConfig {
  readonly revision: number;
  readonly source: string;
  readonly hash: string;
  readonly writable: boolean;
  readonly config: unknown;
}

/** The text as it stands in its source, and which one that is. */
export interface ConfigText {
  readonly text: string;
  readonly etag: string;
}
