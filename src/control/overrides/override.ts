import type { OverrideWeight } from "./override_weight.ts";

/** What an operator can want of a target, as it is written. */
export const OVERRIDE_STATES = ["ready", "drain", "maint"] as const;

/** One of {@link OVERRIDE_STATES}. */
export type OverrideState = typeof OVERRIDE_STATES[number];

/** The parts of an override: each has its own reason and its own end. */
export const OVERRIDE_PARTS = ["state", "weight"] as const;

/** One of {@link OVERRIDE_PARTS}. */
export type OverridePart = typeof OVERRIDE_PARTS[number];

/** Who wants it, why, and until when. Times are milliseconds since the Unix epoch. */
export interface OverrideNote {
  readonly by: string;
  /** Empty where none was given. */
  readonly reason: string;
  readonly since: number;
  /** Null: until it is taken back. */
  readonly until: number | null;
}

/** The state that the operator wants. */
export interface StateOverride extends OverrideNote {
  readonly value: OverrideState;
}

/** The weight that the operator wants. */
export interface WeightOverride extends OverrideNote {
  readonly value: OverrideWeight;
  /** Weight in the config when it was set: a later edit of it is shown. */
  readonly configured: number;
}

/** All that an operator said of one target. At least one part is there. */
export interface TargetOverride {
  /** Name of the app. */
  readonly app: string;
  /** Key of the target: `host:port`, or its URL. */
  readonly target: string;
  readonly state: StateOverride | null;
  readonly weight: WeightOverride | null;
  /** When the target was first missed in the config, null while it is there. */
  readonly goneSince: number | null;
}

/** The values alone. */
export interface OverrideValues {
  readonly state: OverrideState | null;
  readonly weight: OverrideWeight | null;
}

/** What is asked for: parts that are undefined stay as they are, null takes one back. */
export interface OverrideChange {
  readonly state?: OverrideState | null | undefined;
  readonly weight?: OverrideWeight | null | undefined;
  readonly by: string;
  readonly reason: string;
  readonly until: number | null;
}

/** The values of an override, null where there is none. */
export function overrideValues(override: TargetOverride | undefined): OverrideValues | null {
  if (override === undefined) return null;
  return { state: override.state?.value ?? null, weight: override.weight?.value ?? null };
}
