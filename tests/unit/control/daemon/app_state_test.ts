import assert from "node:assert/strict";
import { appState } from "../../../../src/control/daemon/app_state.ts";

const WHOLE = {
  leaving: false,
  inForce: true,
  listeners: 2,
  servedListeners: 2,
  wholeListeners: 2,
  targets: 3,
  availableTargets: 3,
  probed: true,
  failsOpen: false,
};

Deno.test("an app's state follows from what of it works", () => {
  const cases: [string, Partial<typeof WHOLE>][] = [
    ["ready", {}],
    ["starting", { inForce: false }],
    ["draining", { leaving: true, inForce: false, servedListeners: 0 }],
    ["degraded", { servedListeners: 1, wholeListeners: 1 }],
    ["degraded", { wholeListeners: 0 }],
    ["degraded", { availableTargets: 1 }],
    ["degraded", { failsOpen: true }],
    ["starting", { probed: false }],
    ["failed", { servedListeners: 0, wholeListeners: 0 }],
    ["failed", { availableTargets: 0 }],
    ["failed", { targets: 0, availableTargets: 0 }],
  ];
  for (const [state, facts] of cases) {
    assert.equal(appState({ ...WHOLE, ...facts }), state, JSON.stringify(facts));
  }
});
