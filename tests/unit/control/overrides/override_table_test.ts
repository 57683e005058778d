import assert from "node:assert/strict";
import fc from "fast-check";
import type { OverrideChange } from "../../../../src/control/overrides/override.ts";
import { OverrideTable } from "../../../../src/control/overrides/override_table.ts";

const DAY_MS = 24 * 3600 * 1000;
const T0 = 1_700_000_000_000;

function order(changes: Partial<OverrideChange>): OverrideChange {
  return { by: "ann", reason: "", until: null, ...changes };
}

Deno.test("parts that a change does not name stay with their own reason and end", () => {
  const table = new OverrideTable();
  table.change("web", "a:1", order({ state: "drain", reason: "kernel", until: T0 + 5 }), 1, T0);
  const after = table.change("web", "a:1", order({ weight: "50%", by: "bob" }), 3, T0 + 1);
  assert.deepEqual(after?.state, { value: "drain", by: "ann", reason: "kernel", since: T0, until: T0 + 5 });
  assert.deepEqual(after?.weight, {
    value: "50%",
    configured: 3,
    by: "bob",
    reason: "",
    since: T0 + 1,
    until: null,
  });
  assert.deepEqual(table.expire(T0 + 5, DAY_MS).map(({ part, why }) => [part, why]), [["state", "expired"]]);
  assert.equal(table.get("web", "a:1")?.state, null);
  assert.equal(table.get("web", "a:1")?.weight?.value, "50%");
  assert.equal(table.clear("web", "a:1", ["weight"]), null);
  assert.equal(table.size, 0);
  assert.equal(table.get("web", "a:1"), undefined);
});

Deno.test("an override of a target that is gone holds when it comes back in time, and is dropped otherwise", () => {
  const table = new OverrideTable();
  table.change("web", "a:1", order({ state: "drain" }), 1, T0);
  assert.equal(table.reconcile(() => 1, T0), false);
  assert.equal(table.reconcile(() => null, T0), true);
  assert.equal(table.nextEnd(DAY_MS), T0 + DAY_MS);
  assert.equal(table.reconcile(() => 2, T0 + DAY_MS - 1), true);
  assert.deepEqual(table.expire(T0 + DAY_MS, DAY_MS), []);
  assert.equal(table.get("web", "a:1")?.state?.value, "drain");
  table.reconcile(() => null, T0 + DAY_MS);
  assert.deepEqual(table.expire(T0 + 2 * DAY_MS, DAY_MS).map(({ why }) => why), ["target_gone"]);
  assert.equal(table.size, 0);
});

/** One step of a history, as time goes on. */
const step = fc.record({
  target: fc.constantFrom("a:1", "b:1"),
  kind: fc.constantFrom("change", "clear", "expire"),
  state: fc.constantFrom("drain", "ready", null, undefined),
  weight: fc.constantFrom(0, "50%", null, undefined),
  forMs: fc.option(fc.integer({ min: 1, max: 20 })),
  afterMs: fc.integer({ min: 0, max: 10 }),
});

Deno.test("any history: what holds is what was said last of each part and is not over", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const table = new OverrideTable();
    /** By target and part: the value, and its end. */
    const model = new Map<string, readonly [unknown, number]>();
    let now = T0;
    for (const { target, kind, state, weight, forMs, afterMs } of steps) {
      now += afterMs;
      for (const [key, [, until]] of model) if (until <= now) model.delete(key);
      table.expire(now, DAY_MS);
      if (kind === "clear") {
        table.clear("web", target, ["state"]);
        model.delete(`${target} state`);
      }
      if (kind === "change") {
        const until = forMs === null ? null : now + forMs;
        table.change("web", target, order({ state, weight: weight as "50%", until }), 1, now);
        for (const [part, value] of Object.entries({ state, weight })) {
          if (value === null) model.delete(`${target} ${part}`);
          else if (value !== undefined) model.set(`${target} ${part}`, [value, until ?? Infinity]);
        }
      }
      const found = [...table.all()].flatMap((one) =>
        (["state", "weight"] as const).flatMap((part) =>
          one[part] === null ? [] : [[`${one.target} ${part}`, one[part].value] as const]
        )
      );
      assert.deepEqual(new Map(found), new Map([...model].map(([key, [value]]) => [key, value])));
      assert.equal(table.size, new Set([...model.keys()].map((key) => key.split(" ")[0])).size);
      const next = Math.min(Infinity, ...[...model.values()].map(([, until]) => until));
      assert.equal(table.nextEnd(DAY_MS) ?? Infinity, next);
    }
  }));
});
