import assert from "node:assert/strict";
import fc from "fast-check";
import type {
  Assignments,
  Placement,
  PlacementApp,
  PlacementNode,
} from "../../../../src/region/model/placement.ts";
import { place } from "../../../../src/region/placement/place.ts";

const LABELS = fc.constantFrom({}, { disk: "ssd" }, { disk: "ssd", arch: "arm" });

const NODES = fc.uniqueArray(
  fc.record({
    name: fc.integer({ min: 0, max: 30 }).map((number) => `n${number}`),
    zone: fc.constantFrom("a", "b", "c"),
    labels: LABELS,
    standing: fc.constantFrom("ready", "ready", "ready", "cordoned", "draining", "gone"),
    capacity: fc.record({
      apps: fc.integer({ min: 0, max: 12 }),
      connections: fc.integer({ min: 0, max: 300 }),
    }),
    portRange: fc.constantFrom({ first: 20_000, last: 20_007 }, { first: 20_004, last: 20_020 }),
  }),
  { maxLength: 12, selector: ({ name }) => name },
) as fc.Arbitrary<PlacementNode[]>;

const APPS = fc.uniqueArray(
  fc.record({
    name: fc.integer({ min: 0, max: 30 }).map((number) => `app-${number}`),
    replicas: fc.integer({ min: 0, max: 6 }),
    maxPerZone: fc.constantFrom(null, null, 1, 2),
    requireLabels: LABELS,
    spreadBy: fc.constantFrom([], ["zone"], ["zone", "node"], ["node"]),
    ports: fc.uniqueArray(fc.constantFrom("auto", 80, 443, 20_001, 20_005), { maxLength: 3 }),
    connections: fc.integer({ min: 0, max: 60 }),
  }),
  { maxLength: 15, selector: ({ name }) => name },
) as fc.Arbitrary<PlacementApp[]>;

/** What no placement may break. */
function assertSound(
  apps: readonly PlacementApp[],
  nodes: readonly PlacementNode[],
  { assignments, unplaced }: Placement,
): void {
  const used = new Map(
    nodes.map((node) => [node.name, { node, apps: 0, connections: 0, ports: [] as number[] }]),
  );
  for (const app of apps) {
    const replicas = assignments.get(app.name)!;
    const missing = unplaced.find((one) => one.app === app.name)?.missing ?? 0;
    assert.equal(replicas.length + missing, app.replicas, app.name);
    assert.equal(new Set(replicas.map(({ node }) => node)).size, replicas.length);
    const inZone = new Map<string, number>();
    for (const replica of replicas) {
      const use = used.get(replica.node)!;
      use.apps++;
      use.connections += app.connections;
      use.ports.push(...replica.ports);
      assert.match(use.node.standing, /^(?:ready|cordoned)$/);
      for (const [name, value] of Object.entries(app.requireLabels)) {
        assert.equal(use.node.labels[name], value);
      }
      for (const [at, wanted] of app.ports.entries()) {
        const port = replica.ports[at]!;
        if (wanted === "auto") assert.ok(port >= use.node.portRange.first && port <= use.node.portRange.last);
        else assert.equal(port, wanted);
      }
      inZone.set(use.node.zone, (inZone.get(use.node.zone) ?? 0) + 1);
    }
    if (app.maxPerZone !== null) { for (const count of inZone.values()) assert.ok(count <= app.maxPerZone); }
  }
  assert.equal(assignments.size, apps.length);
  for (const { node, ports, ...use } of used.values()) {
    assert.ok(use.apps <= node.capacity.apps);
    assert.ok(use.connections <= node.capacity.connections);
    assert.equal(new Set(ports).size, ports.length);
  }
}

/** What the changes make of the present. */
function applied(present: Assignments, { changes, assignments }: Placement): Record<string, string[]> {
  const nodes = new Map(
    [...present].map(([app, replicas]) => [app, new Set(replicas.map(({ node }) => node))]),
  );
  for (const { kind, app, node } of changes) {
    if (kind === "add") nodes.set(app, (nodes.get(app) ?? new Set()).add(node));
    if (kind === "remove") assert.ok(nodes.get(app)!.delete(node), `${app} was not on ${node}`);
  }
  return Object.fromEntries(
    [...nodes].filter(([app, set]) => set.size > 0 || assignments.has(app)).map((
      [app, set],
    ) => [app, [...set].sort()]),
  );
}

/** Where everything is, without ports. */
function byApp(assignments: Assignments): Record<string, string[]> {
  return Object.fromEntries(
    [...assignments].map(([app, replicas]) => [app, replicas.map(({ node }) => node)]),
  );
}

Deno.test("placement: any apps on any nodes, from nothing and from any other placement", () => {
  fc.assert(
    fc.property(APPS, NODES, APPS, NODES, (appsBefore, nodesBefore, apps, nodes) => {
      const before = place(appsBefore, nodesBefore, new Map());
      assertSound(appsBefore, nodesBefore, before);
      const after = place(apps, nodes, before.assignments);
      assertSound(apps, nodes, after);
      const moved = applied(before.assignments, after);
      for (const { name } of apps) moved[name] ??= [];
      assert.deepEqual(moved, byApp(after.assignments));
      // Order does not count.
      assert.deepEqual(place(apps.toReversed(), nodes.toReversed(), before.assignments), after);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("placement: it comes to rest, and rest has no reason to move", () => {
  fc.assert(
    fc.property(APPS, NODES, (apps, nodes) => {
      let now = place(apps, nodes, new Map());
      for (let rounds = 0; now.changes.length > 0; rounds++) {
        assert.ok(rounds < 60, "it does not come to rest");
        now = place(apps, nodes, now.assignments);
      }
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("placement: who may stay stays, but for one of twenty", () => {
  fc.assert(
    fc.property(APPS, NODES, fc.nat(), (apps, nodes, pick) => {
      let before = place(apps, nodes, new Map());
      for (let rounds = 0; before.changes.length > 0 && rounds < 60; rounds++) {
        before = place(apps, nodes, before.assignments);
      }
      const lost = nodes[pick % Math.max(1, nodes.length)]?.name;
      const rest = nodes.filter(({ name }) => name !== lost);
      const { changes } = place(apps, rest, before.assignments);
      const replicas = [...before.assignments.values()].reduce((sum, { length }) => sum + length, 0);
      const unforced = changes.filter((change) => change.kind === "remove" && change.node !== lost);
      assert.ok(unforced.length <= Math.max(1, replicas * 0.05), `${unforced.length} of ${replicas} moved`);
    }),
    { numRuns: 1_000 },
  );
});
