import assert from "node:assert/strict";
import {
  effectiveWeight,
  EffectiveWeights,
  type WeightLayers,
} from "../../../../src/control/availability/effective_weight.ts";
import { TargetWords } from "../../../../src/model/target_words.ts";
import { FakeMemory } from "../../../kit/fake_memory.ts";

const PLAIN: WeightLayers = { configured: 10, override: null, agentPercent: null, slowStart: 1 };

Deno.test("a weight is the override or the configured one, times the shares, and never nothing for a share", () => {
  const cases: [Partial<WeightLayers>, number][] = [
    [{}, 2560],
    [{ override: 4 }, 1024],
    [{ override: 0 }, 0],
    [{ agentPercent: 50 }, 1280],
    [{ agentPercent: 0 }, 0],
    [{ slowStart: 0.1 }, 256],
    [{ override: 1, agentPercent: 1, slowStart: 0.01 }, 1],
    [{ configured: 0, slowStart: 0.5 }, 0],
    [{ configured: 256, slowStart: 1 }, 65_536],
  ];
  for (const [changes, weight] of cases) {
    assert.equal(effectiveWeight({ ...PLAIN, ...changes }), weight, JSON.stringify(changes));
  }
});

Deno.test("layers are kept apart: what one owner sets or takes back leaves the others", () => {
  const words = new TargetWords(new FakeMemory().board);
  const weights = new EffectiveWeights(words);
  weights.set(5, 10, { override: 20 });
  weights.set(5, 10, { slowStart: 0.5 });
  assert.equal(words.weight(5, 10), 2560);
  weights.configure(5, 30);
  assert.deepEqual(weights.layers(5, 30), {
    configured: 30,
    override: 20,
    agentPercent: null,
    slowStart: 0.5,
  });
  weights.set(5, 30, { override: null });
  assert.equal(words.weight(5, 30), 3840);
  weights.configure(5, 40);
  assert.equal(words.weight(5, 40), 5120);
  weights.set(5, 40, { slowStart: 1 });
  assert.equal(words.weight(5, 7), 7 * 256, "the board says nothing of its own any more");
  const { epoch } = words;
  weights.configure(5, 50);
  assert.equal(words.epoch, epoch);
});
