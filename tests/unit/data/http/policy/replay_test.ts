import assert from "node:assert/strict";
import {
  bodyPlan,
  dispatchOf,
  parallelRefusal,
  type ReplayFacts,
  retryRefusal,
} from "../../../../../src/data/http/policy/replay.ts";

const GET: ReplayFacts = { method: "GET", replay: "idempotent", body: "none", upgrade: false };
const POST: ReplayFacts = { ...GET, method: "POST", body: "kept" };

Deno.test("replay: a failed connection always lets the next endpoint be tried", () => {
  const facts: ReplayFacts[] = [GET, POST, { ...POST, body: "streamed" }, { ...GET, upgrade: true }];
  for (const each of facts) assert.equal(retryRefusal(each, false), null);
});

Deno.test("replay: what may have reached an endpoint goes to another only when that is harmless or asked for", () => {
  for (const method of ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]) {
    assert.equal(retryRefusal({ ...POST, method }, true), null);
  }
  for (const method of ["POST", "PATCH", "get", "PURGE"]) {
    assert.equal(retryRefusal({ ...POST, method }, true), "not_idempotent");
    assert.equal(retryRefusal({ ...POST, method, replay: "all" }, true), null);
  }
});

Deno.test("replay: a body that was not kept cannot be sent again", () => {
  for (const replay of ["idempotent", "all"] as const) {
    assert.equal(retryRefusal({ ...GET, replay, body: "streamed" }, true), "body_too_large");
    assert.equal(parallelRefusal({ ...GET, replay, body: "unknown" }), "body_too_large");
  }
});

Deno.test("replay: several endpoints at once only for what may be sent twice, and never for an upgrade", () => {
  assert.equal(dispatchOf("fanout", GET), "fanout");
  assert.equal(dispatchOf("hedged", { ...GET, method: "PUT", body: "kept" }), "hedged");
  assert.equal(dispatchOf("fanout", POST), "sequential");
  assert.equal(dispatchOf("fanout", { ...POST, replay: "all" }), "fanout");
  assert.equal(dispatchOf("hedged", { ...GET, body: "streamed" }), "sequential");
  assert.equal(dispatchOf("fanout", { ...GET, upgrade: true, replay: "all" }), "sequential");
  assert.equal(parallelRefusal({ ...GET, upgrade: true }), "upgrade");
  assert.equal(dispatchOf("sequential", GET), "sequential");
});

Deno.test("replay: a body is kept up to the limit", () => {
  assert.equal(bodyPlan("none", -1, 10), "none");
  assert.equal(bodyPlan("length", 0, 10), "none");
  assert.equal(bodyPlan("length", 10, 10), "kept");
  assert.equal(bodyPlan("length", 11, 10), "streamed");
  assert.equal(bodyPlan("chunked", -1, 10), "unknown");
});
