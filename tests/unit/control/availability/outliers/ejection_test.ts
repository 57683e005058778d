import fc from "fast-check";
import assert from "node:assert/strict";
import {
  ejected,
  type Ejection,
  intervalPassed,
  isOver,
  NEVER_EJECTED,
  returned,
} from "../../../../../src/control/availability/outliers/ejection.ts";

const TIMES = { base_ejection_time: 30_000, max_ejection_time: 100_000 };

function length({ out }: Ejection): number {
  return out === null ? 0 : out.untilMs - out.sinceMs;
}

Deno.test("each ejection lasts longer, up to the longest time; good intervals make the next one shorter", () => {
  let state = NEVER_EJECTED;
  const lengths: number[] = [];
  for (let i = 0; i < 5; i++) {
    state = ejected(state, 1_000, TIMES);
    lengths.push(length(state));
    state = returned(state);
  }
  assert.deepEqual(lengths, [30_000, 60_000, 90_000, 100_000, 100_000]);
  for (let i = 0; i < 4; i++) state = intervalPassed(state);
  state = ejected(state, 1_000, TIMES);
  assert.deepEqual([length(state), state.total], [60_000, 6]);
  assert.equal(intervalPassed(state), state, "time out is no good time");
});

Deno.test("it is over when its time has come, and not before", () => {
  const state = ejected(NEVER_EJECTED, 5, TIMES);
  assert.deepEqual([isOver(state, 30_004), isOver(state, 30_005)], [false, true]);
  assert.equal(isOver(NEVER_EJECTED, 1e9), false);
});

Deno.test("whatever happens, times out grow with ejections and lie between the two times", () => {
  const steps = fc.array(fc.constantFrom("eject", "return", "interval"), { maxLength: 60 });
  const times = fc.record({
    base_ejection_time: fc.integer({ min: 100, max: 1e6 }),
    max_ejection_time: fc.integer({ min: 100, max: 1e7 }),
  });
  fc.assert(fc.property(steps, times, (list, limits) => {
    let state = NEVER_EJECTED;
    let ejections = 0;
    for (const [at, step] of list.entries()) {
      const before: Ejection = state;
      if (step === "eject") {
        state = ejected(before, at, limits);
        if (before.out !== null) assert.equal(state, before, "it is out already");
        else {
          ejections++;
          assert.ok(length(state) >= limits.base_ejection_time);
          assert.ok(length(state) <= Math.max(limits.base_ejection_time, limits.max_ejection_time));
          assert.ok(length(state) >= length(ejected({ ...before, level: before.level - 1 }, at, limits)));
        }
      } else state = step === "return" ? returned(before) : intervalPassed(before);
      assert.ok(state.level >= 0 && state.level <= state.total);
      assert.equal(state.total, ejections);
    }
    for (let i = 0; i < list.length; i++) state = intervalPassed(returned(state));
    assert.equal(state.level, 0, "good time clears it");
  }));
});
