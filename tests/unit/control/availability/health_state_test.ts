import assert from "node:assert/strict";
import fc from "fast-check";
import { type HealthState, observe, settle } from "../../../../src/control/availability/health_state.ts";

const thresholds = fc.record({
  healthy: fc.integer({ min: 1, max: 6 }),
  unhealthy: fc.integer({ min: 1, max: 6 }),
});
const initial = fc.constantFrom<HealthState["status"]>("unknown", "up", "down");
const results = fc.array(fc.boolean(), { maxLength: 60 });

Deno.test("a status changes after so many results against it in a row, never before and never later", () => {
  fc.assert(fc.property(initial, thresholds, results, (status, limits, passes) => {
    let state: HealthState = { status, against: 0 };
    let row = 0;
    for (const passed of passes) {
      const before = state.status;
      state = observe(state, passed, limits);
      if (before === "unknown") {
        assert.equal(state.status, passed ? "up" : "down");
        row = 0;
        continue;
      }
      const isAgainst = passed !== (before === "up");
      row = isAgainst ? row + 1 : 0;
      const needed = passed ? limits.healthy : limits.unhealthy;
      assert.equal(state.status !== before, isAgainst && row === needed);
      if (state.status !== before) row = 0;
      assert.equal(state.against, row);
    }
  }));
});

Deno.test("however it began, as many equal results as the threshold decide", () => {
  fc.assert(fc.property(initial, thresholds, results, fc.boolean(), (status, limits, passes, last) => {
    const row = Array.from({ length: last ? limits.healthy : limits.unhealthy }, () => last);
    const end = [...passes, ...row].reduce<HealthState>((state, passed) => observe(state, passed, limits), {
      status,
      against: 0,
    });
    assert.equal(end.status, last ? "up" : "down");
  }));
});

Deno.test("what needs no second result counts at once", () => {
  assert.deepEqual(settle(false), { status: "down", against: 0 });
  assert.deepEqual(settle(true), { status: "up", against: 0 });
});
