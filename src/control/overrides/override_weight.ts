import { WEIGHT_UNIT } from "../../model/target_words.ts";

/** A weight that replaces the configured one, or a share of it: `10`, `"50%"`. */
export type OverrideWeight = number | `${number}%`;

/** Largest weight, as in the config. */
export const MAX_OVERRIDE_WEIGHT = 256;
/** Largest share, percent. What it comes to is bounded by {@link MAX_OVERRIDE_WEIGHT}. */
export const MAX_OVERRIDE_PERCENT = 1000;

/** What such a weight looks like, for messages. */
export const OVERRIDE_WEIGHT_FORMS =
  `a whole number, 0 to ${MAX_OVERRIDE_WEIGHT}, or a share of the configured weight, "0%" to "${MAX_OVERRIDE_PERCENT}%"`;

/** @throws {RangeError} saying what is allowed. */
export function parseOverrideWeight(text: string): OverrideWeight {
  const [, digits, sign] = /^(\d{1,4})(%?)$/.exec(text) ?? [];
  const value = Number(digits);
  const most = sign === "%" ? MAX_OVERRIDE_PERCENT : MAX_OVERRIDE_WEIGHT;
  if (digits === undefined || value > most) {
    throw new RangeError(`"${text}" is not a weight: write ${OVERRIDE_WEIGHT_FORMS}`);
  }
  return sign === "%" ? `${value}%` : value;
}

/**
 * @param configured weight in the config.
 * @returns in units of 1/{@link WEIGHT_UNIT}; a share of some weight is at least one unit, unless it is 0.
 */
export function weightUnits(weight: OverrideWeight, configured: number): number {
  if (typeof weight === "number") return weight * WEIGHT_UNIT;
  const units = Math.ceil(configured * WEIGHT_UNIT * Number(weight.slice(0, -1)) / 100);
  return Math.min(units, MAX_OVERRIDE_WEIGHT * WEIGHT_UNIT);
}
