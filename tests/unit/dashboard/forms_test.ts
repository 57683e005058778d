import assert from "node:assert/strict";
import { accessFilterProblem, isWide, readAccessFilter } from "../../../src/dashboard/pure/access_filter.ts";
import { diffLines } from "../../../src/dashboard/pure/diff_lines.ts";
import { type OverrideForm, overrideRequest } from "../../../src/dashboard/pure/override_form.ts";

const FORM: OverrideForm = { action: "drain", duration: "15m", reason: "kernel", weight: "50%" };

Deno.test("override form: what it sends", () => {
  assert.deepEqual(overrideRequest(FORM), {
    ok: true,
    method: "PUT",
    body: { state: "drain", reason: "kernel", for: "15m" },
  });
  assert.deepEqual(overrideRequest({ ...FORM, action: "weight", duration: " " }), {
    ok: true,
    method: "PUT",
    body: { weight: "50%", reason: "kernel" },
  });
  assert.deepEqual(overrideRequest({ ...FORM, action: "weight", weight: "0", duration: "" }), {
    ok: true,
    method: "PUT",
    body: { weight: 0, reason: "kernel" },
  });
  assert.deepEqual(overrideRequest({ ...FORM, action: "clear", reason: "" }), { ok: true, method: "DELETE" });
});

Deno.test("override form: it asks for a reason, and says which field is wrong", () => {
  const wrong = (changes: Partial<OverrideForm>): string => {
    const request = overrideRequest({ ...FORM, ...changes });
    return request.ok ? "" : request.field;
  };
  assert.equal(wrong({ reason: "  " }), "reason");
  assert.equal(wrong({ reason: "x".repeat(256) }), "reason");
  assert.equal(wrong({ duration: "soon" }), "duration");
  assert.equal(wrong({ action: "weight", weight: "half" }), "weight");
  assert.equal(wrong({ weight: "half" }), "");
});

Deno.test("access filter: from an address, and what the API would refuse is said at once", () => {
  const filter = readAccessFilter({ client: " 10.0. ", status: "404,5xx", other: "x" });
  assert.deepEqual(filter, { target: "", client: "10.0.", close_reason: "", status: "404,5xx", min_ms: "" });
  assert.deepEqual([isWide(filter), isWide(readAccessFilter({}))], [false, true]);
  assert.equal(accessFilterProblem(filter), null);
  assert.match(accessFilterProblem({ ...filter, status: "6xx" }) ?? "", /404,5xx/);
  assert.match(accessFilterProblem({ ...filter, min_ms: "long" }) ?? "", /milliseconds/);
});

Deno.test("diff: kinds of lines", () => {
  const kinds = diffLines("--- a\n+++ b\n@@ -1 +1 @@\n same\n-old\n+new\n").map(({ kind }) => kind);
  assert.deepEqual(kinds, ["file", "file", "place", "same", "removed", "added"]);
  assert.deepEqual(diffLines(""), []);
});
