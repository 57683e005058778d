import assert from "node:assert/strict";
import { strategies } from "../../../src/strategy/mod.ts";
import { PickedRequest, TargetList } from "../../kit/target_list.ts";

const PICKS = 60;

/** How often the first of two targets is taken. */
function share(name: string, weights: readonly [number, number]): number {
  let cursor = 0;
  const strategy = strategies.get(name).create({
    set: new TargetList(weights),
    options: { type: name },
    nextCursor: () => cursor++,
  });
  const request = new PickedRequest();
  return Array.from({ length: PICKS }, () => strategy.pick(request)).filter((index) => index === 0).length;
}

for (const { name, isWeighted } of strategies.parts) {
  Deno.test(`${name}: weights ${isWeighted ? "count" : "do not count"}, as its entry says`, () => {
    assert.equal(share(name, [1, 5]) !== share(name, [5, 1]), isWeighted);
  });
}
