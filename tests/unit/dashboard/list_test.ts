import assert from "node:assert/strict";
import type { AppNow } from "../../../src/dashboard/pure/reasons.ts";
import { orderApps, readAppView } from "../../../src/dashboard/pure/app_order.ts";
import { scrollTo, virtualWindow } from "../../../src/dashboard/pure/virtual_window.ts";

function app(changes: Partial<AppNow> = {}): AppNow {
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
    targets: 2,
    targets_available: 2,
    connect_ms: null,
    first_byte_ms: null,
    ...changes,
  };
}

const APPS = new Map([
  ["alpha", app({ connections_active: 5 })],
  ["beta", app({ state: "failed", targets_available: 0 })],
  ["delta", app({ connections_active: 9, connect_ms: { p50: 1, p90: 2, p99: 3 } })],
  ["gamma", app({ errors_recent: 0.5 })],
]);

Deno.test("virtual list: what can be seen is there, and some rows more", () => {
  assert.deepEqual(virtualWindow(2000, 30, { top: 0, height: 300 }, 5), {
    first: 0,
    end: 16,
    offset: 0,
    height: 60_000,
  });
  const middle = virtualWindow(2000, 30, { top: 30_000, height: 300 }, 5);
  assert.deepEqual([middle.first, middle.end, middle.offset], [995, 1016, 29_850]);
  const last = virtualWindow(2000, 30, { top: 59_700, height: 300 }, 5);
  assert.equal(last.end, 2000);
  assert.ok(last.first <= 1990);
  // A list that became shorter while it was scrolled down.
  assert.deepEqual(virtualWindow(3, 30, { top: 30_000, height: 300 }).end, 3);
  assert.equal(virtualWindow(3, 30, { top: 30_000, height: 300 }).first, 0);
  assert.deepEqual(virtualWindow(0, 30, { top: 0, height: 300 }), { first: 0, end: 0, offset: 0, height: 0 });
});

Deno.test("virtual list: it scrolls no further than it has to", () => {
  const viewport = { top: 100, height: 100 };
  assert.equal(scrollTo(5, 20, viewport), 100);
  assert.equal(scrollTo(2, 20, viewport), 40);
  assert.equal(scrollTo(20, 20, viewport), 320);
});

Deno.test("apps: the worst first, or what was chosen; filters leave the others out", () => {
  const view = readAppView({});
  assert.deepEqual(orderApps(APPS, view), ["beta", "gamma", "alpha", "delta"]);
  assert.deepEqual(orderApps(APPS, { ...view, only: "sick" }), ["beta", "gamma"]);
  assert.deepEqual(orderApps(APPS, { ...view, sort: "connections" }), ["delta", "alpha", "beta", "gamma"]);
  assert.deepEqual(orderApps(APPS, { ...view, sort: "connect" })[0], "delta");
  assert.deepEqual(orderApps(APPS, { ...view, text: "ET", sort: "name" }), ["beta"]);
});

Deno.test("apps: what an address does not know is as if it were not there", () => {
  assert.deepEqual(readAppView({ sort: "nonsense", only: "x" }), { sort: "attention", text: "", only: "" });
});
