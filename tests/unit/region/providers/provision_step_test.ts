import assert from "node:assert/strict";
import fc from "fast-check";
import type { Assignments, PlacementApp, PlacementNode } from "../../../../src/region/model/placement.ts";
import { place } from "../../../../src/region/placement/place.ts";
import { provisionFacts } from "../../../../src/region/providers/provision_facts.ts";
import {
  type ProvisionFacts,
  type ProvisionNode,
  type ProvisionSettings,
  provisionStep,
} from "../../../../src/region/providers/provision_step.ts";
import { app, node } from "../placement/region_parts.ts";

const SETTINGS: ProvisionSettings = {
  name_prefix: "auto-",
  min_nodes: 0,
  max_nodes: 5,
  out_at: 0.8,
  in_at: 0.5,
  cool_down: 60_000,
  join_timeout: 60_000,
};

function some(name: string, carried: number, fields: Partial<ProvisionNode> = {}): ProvisionNode {
  return {
    name,
    standing: "ready",
    isMade: true,
    capacity: { apps: 10, connections: 1_000 },
    carries: { apps: carried, connections: 0 },
    ...fields,
  };
}

function facts(nodes: readonly ProvisionNode[], fields: Partial<ProvisionFacts> = {}): ProvisionFacts {
  return {
    settings: SETTINGS,
    nodes,
    awaited: [],
    unplaced: 0,
    helps: () => true,
    fitsWithout: () => true,
    calmMs: 60_000,
    ...fields,
  };
}

/** The step in one line. */
function step(of: ProvisionFacts): string {
  const found = provisionStep(of);
  return found.kind === "give_back" ? `give_back ${found.node}` : `${found.kind}: ${found.reason}`;
}

Deno.test("provision: one more is asked for when replicas find no node, or much of the capacity is in use", () => {
  assert.equal(step(facts([some("a", 7)], { unplaced: 2 })), "ask: 2 replicas find no node");
  assert.equal(step(facts([some("a", 7)])), "nothing: all nodes are needed");
  assert.equal(step(facts([some("a", 8)])), "ask: 80 % of the capacity are in use");
  // By what is scarcest, and what is on a node that gives it away counts for the others.
  const full = some("a", 1, { carries: { apps: 1, connections: 900 } });
  assert.equal(step(facts([full])), "ask: 90 % of the capacity are in use");
  const leaving = some("b", 8, { standing: "draining" });
  assert.equal(step(facts([some("a", 1), leaving])), "ask: 90 % of the capacity are in use");
  assert.equal(step(facts([])), "nothing: all nodes are needed");
  assert.equal(step(facts([], { unplaced: 1 })), "ask: 1 replicas find no node");
  const settings = { ...SETTINGS, min_nodes: 2 };
  assert.equal(step(facts([some("a", 0)], { settings })), "ask: 1 nodes take apps, and 2 are wanted");
});

Deno.test("provision: nobody is asked in vain, for too many, or for a second one before the first has come", () => {
  assert.equal(
    step(facts([some("a", 1)], { unplaced: 2, helps: () => false, calmMs: 0 })),
    "nothing: all nodes are needed",
  );
  assert.equal(
    step(facts([some("a", 9)], { awaited: ["auto-1"], unplaced: 9 })),
    "nothing: auto-1 has not come yet",
  );
  const five = ["a", "b", "c", "d", "e"].map((name) => some(name, 9));
  assert.equal(
    step(facts(five, { helps: () => assert.fail() })),
    "nothing: 90 % of the capacity are in use, and 5 of at most 5 nodes are there",
  );
});

Deno.test("provision: the node that is missed the least is given back, after a while, and only one that was made", () => {
  const nodes = [some("a", 4), some("b", 2), some("c", 3), some("d", 1, { isMade: false })];
  assert.equal(step(facts(nodes)), "give_back b");
  assert.equal(step(facts(nodes, { fitsWithout: (name) => name !== "b" })), "give_back c");
  assert.equal(step(facts(nodes, { fitsWithout: () => false })), "nothing: all nodes are needed");
  const soon = provisionStep(facts(nodes, { calmMs: 59_999 }));
  assert.deepEqual(soon, { kind: "nothing", reason: "b may be needed again", isCalm: true });
  assert.equal(step(facts([some("d", 0, { isMade: false })])), "nothing: all nodes are needed");
  // Not if another one would be asked for at once.
  assert.equal(step(facts([some("a", 4), some("b", 4)])), "nothing: all nodes are needed");
  assert.equal(step(facts([some("a", 3), some("b", 4)])), "give_back a");
  const settings = { ...SETTINGS, min_nodes: 2 };
  assert.equal(step(facts([some("a", 0), some("b", 0)], { settings })), "nothing: all nodes are needed");
  assert.equal(
    step(facts([some("a", 1), some("b", 1, { standing: "draining" }), some("c", 1)])),
    "nothing: b is leaving",
  );
});

const NODES = fc.uniqueArray(
  fc.record({
    name: fc.integer({ min: 0, max: 20 }).map((number) => `n${number}`),
    standing: fc.constantFrom("ready", "ready", "cordoned", "draining", "gone"),
    isMade: fc.boolean(),
    capacity: fc.record({
      apps: fc.integer({ min: 1, max: 9 }),
      connections: fc.integer({ min: 0, max: 9 }),
    }),
    carries: fc.record({ apps: fc.integer({ min: 0, max: 9 }), connections: fc.integer({ min: 0, max: 9 }) }),
  }),
  { maxLength: 8, selector: ({ name }) => name },
) as fc.Arbitrary<ProvisionNode[]>;

Deno.test("provision: whatever a region is like, what is asked for and given back keeps to the rules", () => {
  fc.assert(fc.property(
    NODES,
    fc.record({
      unplaced: fc.integer({ min: 0, max: 3 }),
      awaited: fc.constantFrom([], [], ["auto-9"]),
      isHelped: fc.boolean(),
      fits: fc.boolean(),
      calmMs: fc.constantFrom(0, 60_000),
      min_nodes: fc.integer({ min: 0, max: 4 }),
    }),
    (nodes, { isHelped, fits, min_nodes, ...rest }) => {
      const settings = { ...SETTINGS, min_nodes };
      const of = facts(nodes, { ...rest, settings, helps: () => isHelped, fitsWithout: () => fits });
      const found = provisionStep(of);
      const there = nodes.filter(({ standing }) => standing !== "gone").length;
      const ready = nodes.filter(({ standing }) => standing === "ready");
      if (found.kind === "nothing") return;
      assert.deepEqual(rest.awaited, []);
      if (found.kind === "ask") return assert.ok(there < settings.max_nodes);
      const given = ready.find(({ name }) => name === found.node)!;
      assert.ok(given.isMade && fits && rest.calmMs === 60_000 && ready.length > min_nodes);
      // Without it nothing is asked for.
      const after = nodes.filter((one) => one !== given).concat({ ...given, standing: "draining" });
      assert.notEqual(provisionStep({ ...of, nodes: after, helps: () => false }).kind, "ask");
    },
  ));
});

/** A region whose nodes come and go as the steps say, with apps placed for real. */
class World {
  nodes: PlacementNode[] = [node("n0", { capacity: { apps: 4, connections: 1_000 } })];
  readonly made = new Set<string>();
  #present: Assignments = new Map();
  #next = 1;

  constructor(public apps: PlacementApp[]) {}

  /** @returns what was done. */
  turn(): string {
    const { assignments, unplaced } = place(this.apps, this.nodes, this.#present);
    this.#present = assignments;
    const found = provisionStep(provisionFacts({
      settings: { ...SETTINGS, max_nodes: 12 },
      awaited: [],
      unplaced: unplaced.reduce((sum, { missing }) => sum + missing, 0),
      nodes: this.nodes,
      made: this.made,
      apps: this.apps,
      present: assignments,
      calmMs: Infinity,
    }));
    if (found.kind === "ask") {
      const name = `auto-${this.#next++}`;
      this.nodes = [...this.nodes, node(name, { capacity: { apps: 4, connections: 1_000 } })];
      this.made.add(name);
    }
    if (found.kind === "give_back") {
      const missing = (nodes: readonly PlacementNode[]): number =>
        place(this.apps, nodes, assignments).unplaced.length;
      const others = this.nodes.filter(({ name }) => name !== found.node);
      assert.equal(missing(others), unplaced.length);
      this.nodes = others;
      this.made.delete(found.node);
    }
    return found.kind;
  }

  /** Until nothing is done any more. @returns how often something was. */
  rest(): number {
    for (let turns = 0; turns < 50; turns++) if (this.turn() === "nothing") return turns;
    return assert.fail("nodes come and go for ever");
  }
}

Deno.test("provision: a region comes to rest with room for all apps, and with few nodes when they are gone", () => {
  const apps = fc.uniqueArray(
    fc.record({ number: fc.integer({ min: 0, max: 50 }), replicas: fc.integer({ min: 1, max: 4 }) }),
    { maxLength: 10, selector: ({ number }) => number },
  );
  fc.assert(
    fc.property(apps, apps, (first, second) => {
      const made = (all: typeof first): PlacementApp[] =>
        all.map(({ number, replicas }) => app(`app-${number}`, { replicas, connections: 1 }));
      const world = new World(made(first));
      world.rest();
      assert.equal(place(world.apps, world.nodes, new Map()).unplaced.length, 0);
      assert.equal(world.turn(), "nothing");
      world.apps = made(second);
      world.rest();
      assert.equal(world.turn(), "nothing");
      world.apps = [];
      world.rest();
      assert.deepEqual(world.nodes.map(({ name }) => name), ["n0"]);
    }),
    { numRuns: 50 },
  );
});
