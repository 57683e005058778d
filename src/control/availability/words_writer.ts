import type { AppSnapshot, TargetSnapshot } from "../../model/snapshot.ts";
import { type TargetWords, WEIGHT_UNIT } from "../../model/target_words.ts";
import type { EffectiveWeights } from "./effective_weight.ts";
import { effectiveWords, type TargetLayers } from "./effective_words.ts";

/** Everything that is said of a target of an app, layer by layer. */
export type LayersOf = (app: string, target: TargetSnapshot) => TargetLayers;

/** Writes on the board what the layers come to. Whoever changes a layer has the target written again. */
export class WordsWriter {
  constructor(
    private readonly words: Pick<TargetWords, "setAdmin">,
    private readonly weights: Pick<EffectiveWeights, "set">,
    private readonly layersOf: LayersOf,
  ) {}

  /** Writes one target of an app, or all of them. @param key of the target; all where it is not given. */
  write({ name, targets }: AppSnapshot, key?: string): void {
    for (const target of targets) {
      if (key !== undefined && target.key !== key) continue;
      const { admin, weight, agentPercent } = effectiveWords(this.layersOf(name, target));
      this.words.setAdmin(target.slot, admin);
      // A target that comes up slowly, say, has a share of what the operator set.
      const override = weight === null ? null : weight / WEIGHT_UNIT;
      this.weights.set(target.slot, target.weight, { override, agentPercent });
    }
  }
}
