import assert from "node:assert/strict";

import { CLOSE_REASONS, FAILED_REASONS } from "../../../src/model/close_reason.ts";
import { STATUS_5XX } from "../../../src/control/telemetry/samples/error_names.ts";
import type { Target, WholeApp } from "../../../src/dashboard/api/types.ts";
import {
  type AppNow,
  appReasons,
  isError,
  recentErrors,
  severityOf,
  targetReason,
  worst,
} from "../../../src/dashboard/pure/reasons.ts";

const NOW = Date.parse("2030-01-01T12:00:00Z");

function target(changes: Partial<Target> = {}): Target {
  return {
    target: "10.0.0.7:80",
    addresses: ["10.0.0.7:80"],
    config: { weight: 1, backup: false },
    override: null,
    health: { state: "up" },
    effective: { state: "ready", weight: 1, available: true },
    connections_active: 0,
    connections_total: 0,
    connect_failures_total: 0,
    ...changes,
  };
}

function sample(changes: Partial<AppNow> = {}): AppNow {
  return {
    state: "ready",
    mode: "tcp",
    connections_active: 0,
    connections_per_second: 0,
    requests_per_second: 0,
    bytes_in_per_second: 0,
    bytes_out_per_second: 0,
    errors_per_second: 0,
    errors_recent: 0,
    targets: 1,
    targets_available: 1,
    connect_ms: null,
    first_byte_ms: null,
    ...changes,
  };
}

const NOTE = { by: "ann", reason: "kernel", since: "2030-01-01T11:00:00Z", until: null };

Deno.test("reasons: a target that is well has none", () => assert.equal(targetReason(target(), NOW), null));

Deno.test("reasons: health, operators and names are told apart", () => {
  const away = { state: "ready", weight: 1, available: false } as const;
  const probe = { since: "2030-01-01T11:57:00Z", last_check: null, reason: "refused" };
  const down = target({ health: { state: "down", reason: "refused", probe }, effective: away });
  assert.deepEqual(targetReason(down, NOW), { severity: "bad", text: "down for 3 min: refused" });
  const drained = target({
    override: { state: { value: "drain", ...NOTE }, weight: null },
    effective: { ...away, state: "drain" },
  });
  assert.deepEqual(targetReason(drained, NOW), {
    severity: "planned",
    text: "drain by ann (kernel), until it is taken back",
  });
  const ejection = { cause: "consecutive_failures", since: "", until: "2030-01-01T12:00:30Z" };
  const ejected = target({ health: { state: "ejected", ejection }, effective: away });
  assert.match(targetReason(ejected, NOW)?.text ?? "", /^ejected until .*: consecutive failures$/);
  const nameless = target({ addresses: [], effective: away });
  assert.equal(targetReason(nameless, NOW)?.text, "its name has no address");
});

Deno.test("reasons: those of an app, the worst first", () => {
  const app: WholeApp = {
    name: "web",
    state: "degraded",
    ready: true,
    available: 1,
    targets_total: 2,
    min_available: 1,
    fails_open: false,
    revision: 1,
    engine: "deno",
    strategy: "round_robin",
    listeners: [{ listener: ":80", address: "", bound: false, error: "Address in use" }],
    targets: [target({ override: { state: null, weight: { value: "50%", ...NOTE } } })],
  };
  const details = {
    reasons: { connect_failed: 3, done: 9, denied: 1 },
    connect_counts: [],
    listeners: {},
    targets: {},
  };
  const found = appReasons(app, sample({ errors_recent: 2 }), details, NOW);
  assert.deepEqual(found.map(({ text }) => text), [
    ":80 does not listen: Address in use",
    "2 errors a second: connect failed, denied",
    "10.0.0.7:80: weight 50% by ann (kernel), until it is taken back",
  ]);
  assert.equal(worst(found.map(({ severity }) => severity)), "bad");
});

Deno.test("reasons: an app's severity", () => {
  assert.equal(severityOf(sample()), "well");
  assert.equal(severityOf(sample({ state: "failed" })), "bad");
  assert.equal(severityOf(sample({ errors_recent: 0.1 })), "warn");
  assert.equal(severityOf(sample({ targets_available: 0 })), "warn");
  assert.equal(severityOf(sample({ state: "draining" })), "planned");
});

Deno.test("reasons: an error is to be seen for a while, and then forgotten", () => {
  let recent = recentErrors(0, 2, 0.5);
  assert.ok(recent > 0);
  for (let n = 0; n < 10; n++) recent = recentErrors(recent, 0, 0.5);
  assert.ok(recent > 0);
  for (let n = 0; n < 60; n++) recent = recentErrors(recent, 0, 0.5);
  assert.equal(recent, 0);
});

Deno.test("reasons: errors are what the proxy counts as such", () => {
  for (const reason of CLOSE_REASONS) assert.equal(isError(reason), FAILED_REASONS.has(reason), reason);
  assert.ok(isError(STATUS_5XX));
});
