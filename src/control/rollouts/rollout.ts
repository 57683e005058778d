import type { ConfigChange } from "../changes/config_change.ts";
import type { Diagnostic } from "../config/diagnostic.ts";
import { CONFIG_CAUSES } from "../config/watching/subscriber.ts";
import type { RolloutReceipt } from "../daemon/rollout_receipt.ts";

/** What became of a config. */
export const ROLLOUT_RESULTS = [
  /** It is in force. */
  "applied",
  /** It has a mistake, or there is none. */
  "refused",
  /** It could not be taken over, although it is valid. */
  "failed",
  /** There is no room for it yet: it is tried again. */
  "waiting",
  /** A newer one came before its turn. */
  "superseded",
] as const;

/** One of {@link ROLLOUT_RESULTS}. */
export type RolloutResult = typeof ROLLOUT_RESULTS[number];

/** What brings a rollout about: that a config was looked at, or that one had waited for `room`. */
export const ROLLOUT_CAUSES = [...CONFIG_CAUSES, "room"] as const;

/** One of {@link ROLLOUT_CAUSES}. */
export type RolloutCause = typeof ROLLOUT_CAUSES[number];

/** What a rollout is of. */
export interface RolloutSubject {
  /** Why the config was looked at. */
  readonly cause: RolloutCause;
  /** Where it comes from, for people. */
  readonly source: string;
  /** SHA-256 of its text, hexadecimal; empty where there is no text. */
  readonly hash: string;
  /** The text; null where there is none. */
  readonly text: Uint8Array | null;
  /** Mistakes, and what is doubtful. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What a rollout came to. */
export interface RolloutOutcome {
  readonly result: RolloutResult;
  /** Under which it is in force; unset where it is not. */
  readonly revision?: number;
  /** Why it failed. */
  readonly error?: string;
  readonly change?: ConfigChange;
  readonly receipt?: RolloutReceipt;
}

/** One config that was found, and what became of it. */
export interface RolloutEntry extends Omit<RolloutSubject, "text"> {
  /** Counted from 1 on, since the start of the program or, with `state_dir`, for good. */
  readonly number: number;
  readonly result: RolloutResult;
  /** Under which it is in force; null where it is not. */
  readonly revision: number | null;
  /** Since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Why it failed; empty where it did not. */
  readonly error: string;
  /** Names of apps. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** What it changed, null where it is not in force. */
  readonly change: ConfigChange | null;
  /** Parts of `change` that are left out, since there are too many. */
  readonly changesLeftOut: number;
  /** What it did, null where it is not in force. */
  readonly receipt: RolloutReceipt | null;
  /** Number of the rollout whose config was in force before; null where that is not known. */
  readonly base: number | null;
}
