import assert from "node:assert/strict";
import { planApply } from "../../../../src/region/apply/apply_plan.ts";
import { type AppDocument, makeAppDocument } from "../../../../src/region/model/app_document.ts";
import type { Stored } from "../../../../src/region/store/bucket.ts";

function document(
  name: string,
  fields: Record<string, unknown> = {},
  extras: Record<string, unknown> = {},
  by = "ann",
): AppDocument {
  return makeAppDocument({ name, ports: [80], ...fields }, extras, by);
}

function stored(...documents: readonly AppDocument[]): Map<string, Stored<AppDocument>> {
  return new Map(documents.map((value, at) => [
    value.app.name,
    { name: value.app.name, value, problem: null, revision: 10 + at, at: new Date(0) },
  ]));
}

Deno.test("apply: what is new, other, as it is, and gone", () => {
  const there = stored(
    document("kept"),
    document("other", { ports: [80] }, { placement: { replicas: 3 } }),
    document("gone"),
  );
  const wanted = [
    document("other", { ports: [81] }, { placement: { replicas: 5 } }),
    document("new"),
    // Who applied it, and the order of keys, make no change.
    makeAppDocument({ ports: [80], name: "kept" }, {}, "bob"),
  ];
  const short = (isPruned: boolean): unknown =>
    planApply(wanted, there, isPruned).map((
      { app, kind, revision, options },
    ) => [app, kind, revision, options.map(({ path }) => path)]);
  const without = [
    ["kept", "kept", 10, []],
    ["new", "added", null, []],
    ["other", "changed", 11, ["ports.0", "placement.replicas"]],
  ];
  assert.deepEqual(short(false), without);
  assert.deepEqual(short(true), [["gone", "removed", 12, []], ...without]);
});

Deno.test("apply: what cannot be read is written anew", () => {
  const broken = { name: "web", value: null, problem: "it is no JSON", revision: 4, at: new Date(0) };
  const [step] = planApply([document("web")], new Map([["web", broken]]), false);
  assert.deepEqual([step?.kind, step?.revision], ["changed", 4]);
});

Deno.test("apply: nothing wanted prunes everything, or leaves it", () => {
  assert.deepEqual(planApply([], stored(document("a")), false), []);
  assert.deepEqual(planApply([], stored(document("a")), true).map(({ app, kind }) => [app, kind]), [[
    "a",
    "removed",
  ]]);
});
