import { Admin, type AdminValue } from "../../model/target_words.ts";
import type { OverrideValues } from "../overrides/override.ts";
import { weightUnits } from "../overrides/override_weight.ts";

/** What the layers say of a target. Nothing of it is stored merged: see {@link effectiveWords}. */
export interface TargetLayers {
  /** `weight` in the config, 0 to 256. */
  readonly configWeight: number;
  /** What the operator said, null for nothing. */
  readonly override: OverrideValues | null;
}

/** What goes on the board, see `TargetWords`. */
export interface EffectiveWords {
  readonly admin: AdminValue;
  /** In units of 1/256; null for the configured one. */
  readonly weight: number | null;
}

/** The one place in which the layers become words: the operator's word goes before the config's. */
export function effectiveWords({ configWeight, override }: TargetLayers): EffectiveWords {
  const wanted = override?.weight ?? null;
  return {
    admin: Admin[override?.state ?? "ready"],
    weight: wanted === null ? null : weightUnits(wanted, configWeight),
  };
}
