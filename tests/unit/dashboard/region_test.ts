import assert from "node:assert/strict";
import type { RegionApp, RegionNode } from "../../../src/dashboard/api/region.ts";
import {
  gridApps,
  placedReplicas,
  readGridView,
  zonesByAttention,
  zonesOf,
} from "../../../src/dashboard/pure/region_grid.ts";
import {
  CELL_MEANINGS,
  CELL_SEVERITIES,
  rolloutsShown,
  severityOfNode,
  stepsOf,
} from "../../../src/dashboard/pure/region_words.ts";
import { CELL_STATES } from "../../../src/model/region_picture.ts";
import { regionPicture } from "../../kit/region_picture.ts";

function app(name: string, changes: Partial<RegionApp> = {}): RegionApp {
  return {
    name,
    revision: 1,
    condition: "well",
    wanted: 1,
    ready: 1,
    replicas: [{ node: "n1", state: "ready", reason: "", serving: true, revision: 1, ports: [] }],
    rollout: null,
    scale: null,
    trouble: [],
    ...changes,
  };
}

function rollout(
  leg: NonNullable<RegionApp["rollout"]>["leg"],
  minute = 0,
  from: number | null = 1,
): RegionApp["rollout"] {
  const since = `2030-01-01T12:${String(minute).padStart(2, "0")}:00.000Z`;
  return { leg, paused: false, from, to: 2, reason: "", updated: 1, since };
}

function node(name: string, changes: Partial<RegionNode> = {}): RegionNode {
  const capacity = { apps: 1, connections: 1 };
  return {
    name,
    zone: "a",
    address: "",
    standing: "ready",
    by: "",
    capacity,
    carried: 1,
    ready: 1,
    ...changes,
  };
}

const ON_N2 = { node: "n2", state: "unready", reason: "", serving: false, revision: 1, ports: [] } as const;
const APPS = [
  app("alpha"),
  app("beta", { condition: "changing", rollout: rollout("baking") }),
  app("delta", { condition: "down", ready: 0, replicas: [ON_N2] }),
  app("gamma", { condition: "degraded", rollout: rollout("failed") }),
];

function names(query: Readonly<Record<string, string>>): string[] {
  return gridApps(APPS, readGridView(query)).map(({ name }) => name);
}

Deno.test("region's grid: what wants attention first; filters by name, node, and how apps are", () => {
  assert.deepEqual(names({}), ["delta", "gamma", "beta", "alpha"]);
  assert.deepEqual(names({ only: "attention" }), ["delta", "gamma"]);
  assert.deepEqual(names({ only: "rollout" }), ["gamma", "beta"]);
  assert.deepEqual(names({ only: "unready" }), ["delta"]);
  assert.deepEqual(names({ only: "nonsense" }).length, 4);
  assert.deepEqual(names({ node: "n2" }), ["delta"]);
  assert.deepEqual(names({ find: "ALPH" }), ["alpha"]);
  assert.deepEqual(names({ find: "n2" }), ["delta"]);
  assert.deepEqual(names({ find: "n1", only: "attention" }), ["gamma"]);
});

Deno.test("region's grid: nodes by zone, in the order in which people count; cells in the columns of their nodes", () => {
  const zones = zonesOf([node("n10"), node("n2", { zone: "b" }), node("n9"), node("x", { zone: "" })]);
  assert.deepEqual(
    zones.map(({ zone, nodes }) => [zone, nodes.map(({ name }) => name)]),
    [["", ["x"]], ["a", ["n9", "n10"]], ["b", ["n2"]]],
  );
  const ill = zonesOf([node("n1"), node("n2", { ready: 0 }), node("n3", { zone: "b", standing: "gone" })]);
  assert.deepEqual(
    zonesByAttention(ill).map(({ zone, nodes }) => [zone, nodes.map(({ name }) => name)]),
    [["b", ["n3"]], ["a", ["n2", "n1"]]],
  );
  const columns = new Map([["n2", 0], ["n1", 1]]);
  const both = app("web", { replicas: [...APPS[0]!.replicas, ON_N2, { ...ON_N2, node: "hidden" }] });
  assert.deepEqual(
    placedReplicas(both, columns).map(({ replica, column }) => [replica.node, column]),
    [["n2", 0], ["n1", 1]],
  );
});

Deno.test("region: legs as steps, those behind, the one now, and those ahead", () => {
  const states = (leg: NonNullable<RegionApp["rollout"]>["leg"], paused = false): string =>
    stepsOf({ leg, paused }).map(({ name, state }) => `${name} ${state}`).join(", ");
  assert.equal(states("canary"), "canary now, baking ahead, batches ahead, done ahead");
  assert.equal(states("baking", true), "canary past, baking, paused now, batches ahead, done ahead");
  assert.equal(states("done"), "canary past, baking past, batches past, done past");
  assert.equal(states("rolled_back"), "canary ahead, baking ahead, batches ahead, rolled back failed");
  assert.equal(states("failed"), "canary ahead, baking ahead, batches ahead, failed failed");
});

Deno.test("region: rollouts under way come first, then those taken back, then the last that are done", () => {
  const apps = [
    app("done-old", { rollout: rollout("done", 1) }),
    app("done-new", { rollout: rollout("done", 5) }),
    app("new", { rollout: rollout("done", 9, null) }),
    app("back", { rollout: rollout("rolled_back", 8) }),
    app("canary", { rollout: rollout("canary", 2) }),
    app("batches", { rollout: rollout("batches", 3) }),
    app("none"),
  ];
  assert.deepEqual(rolloutsShown(apps, 1).map(({ name }) => name), ["batches", "canary", "back", "done-new"]);
});

Deno.test("region: how bad it is with a node; every state has a meaning and a colour", () => {
  const severities = [
    node("n"),
    node("n", { ready: 0 }),
    node("n", { standing: "draining", ready: 0 }),
    node("n", { standing: "gone" }),
  ].map(severityOfNode);
  assert.deepEqual(severities, ["well", "warn", "planned", "bad"]);
  for (const state of CELL_STATES) {
    assert.ok(CELL_MEANINGS[state] !== "" && CELL_SEVERITIES[state] !== undefined);
  }
  assert.deepEqual(Object.keys(CELL_MEANINGS), [...CELL_STATES]);
});

Deno.test("region's grid: a large region is put in order without delay", () => {
  const { apps } = regionPicture(100, 500);
  const ordered = gridApps(apps, readGridView({}));
  assert.equal(ordered.length, 500);
  assert.notEqual(ordered[0]!.condition, "well");
});
