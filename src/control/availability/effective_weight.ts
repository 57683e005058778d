import { type TargetWords, WEIGHT_UNIT } from "../../model/target_words.ts";

/** What a target's weight is made of; each layer has its owner, and none knows of the others. */
export interface WeightLayers {
  /** As the config has it, 0 to 256. */
  readonly configured: number;
  /** What an operator set in its place, null for nothing. */
  readonly override: number | null;
  /** Share that an agent on the target reported, 0 to 100, null for none. */
  readonly agentPercent: number | null;
  /** Share that a target has which comes up slowly: above 0 to 1. */
  readonly slowStart: number;
}

/** The layers that are set while the program runs. */
export type WeightChanges = Partial<Omit<WeightLayers, "configured">>;

const UNCHANGED = { override: null, agentPercent: null, slowStart: 1 } as const;

/** The weight that counts, in units of 1/{@link WEIGHT_UNIT}; a share of a weight is never nothing, unless it is 0. */
export function effectiveWeight({ configured, override, agentPercent, slowStart }: WeightLayers): number {
  const share = (agentPercent ?? 100) / 100 * slowStart;
  return Math.ceil((override ?? configured) * WEIGHT_UNIT * share);
}

/** The one place that writes weights to the board, from layers that are kept apart. */
export class EffectiveWeights {
  /** Of targets of which some layer was set, by slot. */
  readonly #layers = new Map<number, WeightLayers>();

  constructor(private readonly words: TargetWords) {}

  /** Sets layers of a target; those that are not named stay. @param configured its weight in the config. */
  set(slot: number, configured: number, changes: WeightChanges): void {
    const layers: WeightLayers = { ...(this.#layers.get(slot) ?? UNCHANGED), ...changes, configured };
    if (isUnchanged(layers)) this.#layers.delete(slot);
    else this.#layers.set(slot, layers);
    this.words.setWeight(slot, isUnchanged(layers) ? null : effectiveWeight(layers));
  }

  /** The config may have given the target another weight. */
  configure(slot: number, configured: number): void {
    const layers = this.#layers.get(slot);
    if (layers !== undefined && layers.configured !== configured) this.set(slot, configured, {});
  }

  /** What a target's weight is made of now. */
  layers(slot: number, configured: number): WeightLayers {
    return this.#layers.get(slot) ?? { ...UNCHANGED, configured };
  }

  /** The target is gone: its slot will be another's. */
  forget(slot: number): void {
    this.#layers.delete(slot);
  }
}

function isUnchanged({ override, agentPercent, slowStart }: WeightLayers): boolean {
  return override === null && agentPercent === null && slowStart === 1;
}
