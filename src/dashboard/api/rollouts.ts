import type { Diagnostic } from "./types.ts";

/** What a rollout did, or a plan would do, with listen addresses. A receipt has counts, a plan their names. */
export interface ListenerEffects<T> {
  readonly kept: T;
  readonly opened: T;
  readonly closed: T;
}

/** One option of an app that changes. */
export interface OptionChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What becomes of the sessions that a change concerns. */
export type SessionEffect = "kept" | "draining" | "cut";

/** What a config would change. */
export interface Plan {
  readonly listeners: ListenerEffects<readonly string[]>;
  readonly apps: readonly {
    readonly app: string;
    readonly change: "added" | "removed" | "changed";
    readonly options: readonly OptionChange[];
    readonly sessions: number;
    readonly effect: SessionEffect;
  }[];
  readonly targets: readonly {
    readonly app: string;
    readonly target: string;
    readonly change: string;
    readonly sessions: number;
    readonly effect: SessionEffect;
  }[];
  readonly restart_needed: readonly string[];
  readonly nothing: boolean;
}

/** What a rollout did. */
export interface Receipt {
  readonly sessions: { readonly kept: number; readonly draining: number; readonly cut: number };
  readonly listeners: ListenerEffects<number | readonly string[]>;
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
}

/** Answer of `POST /api/v1/config/validate`. */
export interface Validation {
  readonly valid: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan | null | undefined;
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

/** How many, whether they are counted or named. */
export function countOf(value: number | readonly string[]): number {
  return typeof value === "number" ? value : value.length;
}
