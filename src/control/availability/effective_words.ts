import { Admin, type AdminValue } from "../../model/target_words.ts";
import type { OverrideValues } from "../overrides/override.ts";
import { weightUnits } from "../overrides/override_weight.ts";
import type { AgentReport } from "./agent_reply.ts";

/** What the layers say of a target. Nothing of it is stored merged: see {@link effectiveWords}. */
export interface TargetLayers {
  /** `weight` in the config, 0 to 256. */
  readonly configWeight: number;
  /** What the operator said, null for nothing. */
  readonly override: OverrideValues | null;
  /** What the target's agent said, null for nothing. */
  readonly agent: AgentReport | null;
}

/** What the layers come to. Health is a word of its own on the board, since sessions can change it. */
export interface EffectiveWords {
  readonly admin: AdminValue;
  /** What the operator set in place of the config's weight, in units of 1/256; null for nothing. */
  readonly weight: number | null;
  /** Share of the weight that the agent reported, 0 to 100; null for none. */
  readonly agentPercent: number | null;
}

/** The one place in which the layers become words: the operator's word goes before the agent's, that before the config's. */
export function effectiveWords({ configWeight, override, agent }: TargetLayers): EffectiveWords {
  const wanted = override?.weight ?? null;
  const share = agent?.weight ?? null;
  const state = override?.state ?? null;
  return {
    admin: state === null ? agent?.admin ?? Admin.ready : Admin[state],
    weight: wanted === null ? null : weightUnits(wanted, configWeight),
    // Who set a weight by hand meant that weight.
    agentPercent: share === null || wanted !== null ? null : share * 100,
  };
}
