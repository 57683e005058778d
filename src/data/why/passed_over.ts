import { type PassedOverWord } from "../../model/why.ts";

/** Why a target can be given no sessions: values of {@link Reasons}. */
export const Reason = {
  /** It can. */
  none: 0,
  down: 1,
  ejected: 2,
  drain: 3,
  maint: 4,
  noAddress: 5,
  zeroWeight: 6,
} as const;

/** One of {@link Reason}. */
export type ReasonValue = typeof Reason[keyof typeof Reason];

/** By target one of {@link Reason}; it is never changed. Null where all can be given sessions. */
export type Reasons = Readonly<Uint8Array> | null;

const WORDS: Readonly<Record<number, PassedOverWord>> = {
  [Reason.down]: "down",
  [Reason.ejected]: "ejected",
  [Reason.drain]: "drain",
  [Reason.maint]: "maint",
  [Reason.noAddress]: "no_address",
  [Reason.zeroWeight]: "zero_weight",
};

/** The word for a target of a list, null where it can be given sessions. */
export function reasonWord(reasons: Reasons, target: number): PassedOverWord | null {
  return WORDS[reasons?.[target] ?? Reason.none] ?? null;
}

/** No rule. */
export const NO_RULE = -1;

/** What one choice found: nothing of it changes later, so a session keeps it by a reference. */
export interface ChoiceTrace {
  /** Of the targets that are no backups. */
  readonly reasons: Reasons;
  /** Of the backups. */
  readonly backupReasons: Reasons;
  /** No other target was left. */
  readonly areBackupsAsked: boolean;
  /** Targets that were looked at and had all the connections they may have. */
  readonly full: readonly number[];
  /** Slot of the rule that held, {@link NO_RULE} where none did. */
  readonly rule: number;
}

/** A choice of which there is nothing to tell. */
export const ALL_AVAILABLE: ChoiceTrace = {
  reasons: null,
  backupReasons: null,
  areBackupsAsked: false,
  full: [],
  rule: NO_RULE,
};
