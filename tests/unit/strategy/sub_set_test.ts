import fc from "fast-check";
import assert from "node:assert/strict";
import { SubSet } from "../../../src/strategy/sub_set.ts";
import { TargetList } from "../../kit/target_list.ts";

Deno.test("property: a sub-set has the targets of the set that belong to it, and another version just when they changed", () => {
  const indices = fc.subarray([0, 1, 2, 3, 4, 5]);
  fc.assert(fc.property(indices, fc.array(indices), (own, steps) => {
    const set = new TargetList([3, 1, 4, 1, 5, 9]);
    const part = new SubSet(set, (target) => own.includes(target));
    part.update();
    for (const out of steps) {
      const before = [...part.weights];
      const { version } = part;
      set.without(out);
      part.update();
      const wanted = own.filter((target) => !out.includes(target));
      assert.deepEqual([...part.members.subarray(0, part.count)], wanted);
      assert.deepEqual(
        [...part.weights],
        [...set.weights].map((weight, at) => own.includes(at) ? weight : 0),
      );
      assert.equal(part.version !== version, String(before) !== String(part.weights));
    }
  }));
});
