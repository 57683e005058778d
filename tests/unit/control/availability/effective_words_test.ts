import assert from "node:assert/strict";
import fc from "fast-check";
import { effectiveWords, type TargetLayers } from "../../../../src/control/availability/effective_words.ts";
import { parseOverrideWeight } from "../../../../src/control/overrides/override_weight.ts";
import { Admin } from "../../../../src/model/target_words.ts";

Deno.test("without an override the config's weight counts, and the target is ready", () => {
  for (const override of [null, { state: null, weight: null }]) {
    assert.deepEqual(effectiveWords({ configWeight: 3, override, agent: null }), {
      admin: Admin.ready,
      weight: null,
      agentPercent: null,
    });
  }
});

Deno.test("what the operator says goes before the config, part by part", () => {
  const words = (state: "ready" | "drain" | "maint" | null, weight: number | `${number}%` | null) =>
    effectiveWords({ configWeight: 4, override: { state, weight }, agent: null });
  assert.deepEqual(words("drain", null), { admin: Admin.drain, weight: null, agentPercent: null });
  assert.deepEqual(words("maint", 10), { admin: Admin.maint, weight: 10 * 256, agentPercent: null });
  assert.deepEqual(words(null, "50%"), { admin: Admin.ready, weight: 2 * 256, agentPercent: null });
  assert.deepEqual(words("ready", 0), { admin: Admin.ready, weight: 0, agentPercent: null });
});

Deno.test("a share keeps within 0 and 256, and some share of some weight is some weight", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 256 }), fc.integer({ min: 0, max: 1000 }), (weight, percent) => {
      const words = effectiveWords({
        configWeight: weight,
        override: { state: null, weight: `${percent}%` },
        agent: null,
      });
      const units = words.weight ?? NaN;
      assert.ok(Number.isInteger(units) && units >= 0 && units <= 256 * 256);
      assert.equal(units > 0, weight > 0 && percent > 0);
      assert.ok(Math.abs(units - Math.min(weight * percent * 2.56, 65_536)) < 1);
    }),
  );
});

Deno.test("weights as they are written", () => {
  assert.deepEqual(["0", "256", "0%", "050%", "1000%"].map(parseOverrideWeight), [
    0,
    256,
    "0%",
    "50%",
    "1000%",
  ]);
  for (const text of ["", "%", "257", "1001%", "-1", "1.5", "10 %", "ten", "1e2", "99999%"]) {
    assert.throws(() => parseOverrideWeight(text), RangeError, text);
  }
});

Deno.test("an operator's word counts before an agent's, an agent's before the config", () => {
  const agent = { admin: Admin.drain, weight: 0.5, maxConnections: null };
  const words = (override: TargetLayers["override"]) => effectiveWords({ configWeight: 2, override, agent });
  assert.deepEqual(words(null), { admin: Admin.drain, weight: null, agentPercent: 50 });
  assert.deepEqual(words({ state: "ready", weight: null }), {
    admin: Admin.ready,
    weight: null,
    agentPercent: 50,
  });
  assert.deepEqual(words({ state: null, weight: 7 }), {
    admin: Admin.drain,
    weight: 7 * 256,
    agentPercent: null,
  });
});
