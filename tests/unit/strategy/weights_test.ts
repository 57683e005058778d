import assert from "node:assert/strict";
import { strategies } from "../../../src/strategy/mod.ts";
import { PickedRequest, SharedByThreads } from "../../kit/target_list.ts";

const PICKS = 60;

/** How often the first of two targets is taken. */
function share(name: string, weights: readonly [number, number]): number {
  const strategy = new SharedByThreads(weights).thread({ type: name });
  return Array.from({ length: PICKS }, (_, client) => {
    return strategy.pick(new PickedRequest([], 0, { clientIp: `203.0.113.${client}` }));
  }).filter((index) => index === 0).length;
}

for (const { name, isWeighted } of strategies.parts) {
  Deno.test(`${name}: weights ${isWeighted ? "count" : "do not count"}, as its entry says`, () => {
    assert.equal(share(name, [1, 5]) !== share(name, [5, 1]), isWeighted);
  });
}
