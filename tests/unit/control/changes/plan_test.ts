import assert from "node:assert/strict";
import { listenerChange } from "../../../../src/control/changes/listener_change.ts";
import { makePlan, type PlanFacts } from "../../../../src/control/changes/plan.ts";
import { NO_CHANGE } from "../../../kit/rollouts.ts";

const FACTS: PlanFacts = {
  change: NO_CHANGE,
  listeners: { kept: ["a:1"], opened: [], closed: [] },
  sessions: { kept: 3, draining: 0, cut: 0 },
  rows: [],
  configured: (_, target) => target,
};

Deno.test("an address that goes from one app to another is kept", () => {
  const app = (...keys: string[]): Parameters<typeof listenerChange>[0] => [{
    listeners: keys.map((key) => ({ key, slot: 1, address: { ip: "127.0.0.1", port: 1 } })),
  }];
  assert.deepEqual(
    listenerChange([...app("a:1", "b:1"), ...app("c:1")], [...app("a:1"), ...app("b:1", "d:1")]),
    {
      kept: ["a:1", "b:1"],
      opened: ["d:1"],
      closed: ["c:1"],
    },
  );
});

Deno.test("nothing is to be done where nothing is listed, whatever is open", () => {
  assert.equal(makePlan(FACTS).nothing, true);
  const opened = { ...FACTS, listeners: { kept: [], opened: ["a:1"], closed: [] } };
  assert.equal(makePlan(opened).nothing, false);
  const options = [{ path: "zone", before: "", after: "a" }];
  assert.equal(makePlan({ ...FACTS, change: { ...NO_CHANGE, options } }).nothing, false);
});

Deno.test("a change concerns as many sessions as meet the worst of it, and hosts of a service are one target", () => {
  const row = { app: "web", kept: 0, draining: 0, cut: 0 };
  const plan = makePlan({
    ...FACTS,
    change: {
      ...NO_CHANGE,
      apps: [
        { app: "web", change: "changed", options: [] },
        { app: "new", change: "added", options: [] },
      ],
      targets: [
        { app: "web", target: "service", change: "removed" },
        { app: "web", target: "b:1", change: "changed" },
      ],
    },
    rows: [
      { ...row, target: "host1:1", draining: 2 },
      { ...row, target: "host2:1", draining: 3, cut: 1 },
      { ...row, target: "b:1", kept: 4 },
      { ...row, target: null, kept: 7 },
    ],
    configured: (_, target) => target.startsWith("host") ? "service" : target,
  });
  const effects = (list: readonly { sessions: number; effect: string }[]): unknown =>
    list.map(({ sessions, effect }) => [sessions, effect]);
  assert.deepEqual(effects(plan.apps), [[1, "cut"], [0, "kept"]]);
  assert.deepEqual(effects(plan.targets), [[1, "cut"], [4, "kept"]]);
});
