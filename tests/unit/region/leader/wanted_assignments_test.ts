import assert from "node:assert/strict";
import {
  placementApp,
  type RegionFacts,
  wantedAssignments,
} from "../../../../src/region/leader/wanted_assignments.ts";
import { type AppDocument, makeAppDocument } from "../../../../src/region/model/app_document.ts";
import type { AssignedApp, RolloutDocument } from "../../../../src/region/model/documents.ts";
import type { PlacementNode } from "../../../../src/region/model/placement.ts";
import { node, nodes } from "../placement/region_parts.ts";

function document(name: string, replicas: number, ports: readonly unknown[] = [0]): AppDocument {
  return makeAppDocument({ name, ports, targets: ["127.0.0.1:1"] }, {
    placement: { replicas },
    rollout: { canary: 0, max_unavailable: 1_000 },
  }, "ann");
}

/** A region that follows what is wanted, as far as it is told. */
class World {
  readonly apps = new Map<string, { value: AppDocument | null; revision: number }>();
  readonly assignments = new Map<string, { apps: Record<string, AssignedApp> }>();
  readonly ready = new Set<string>();
  readonly rollouts = new Map<string, RolloutDocument>();
  readonly used = new Set<string>();
  readonly scales = new Map<string, number>();

  #turn = 0;

  constructor(public nodes: PlacementNode[]) {}

  step(): ReturnType<typeof wantedAssignments> {
    const facts: RegionFacts = {
      apps: this.apps,
      nodes: this.nodes,
      assignments: this.assignments,
      scales: this.scales,
      turn: ++this.#turn,
      rollouts: this.rollouts,
      legMs: () => 0,
      stateOf: (name, app) => {
        const { revision = 0, turn = 0 } = this.assignments.get(name)?.apps[app] ?? {};
        return this.ready.has(`${name}/${app}@${revision}`)
          ? { format: 1, run: "", revision, turn, state: "ready", reason: "" }
          : null;
      },
      triesOf: () => null,
      isUsed: (name, app) => this.used.has(`${name}/${app}`),
    };
    const wanted = wantedAssignments(facts);
    for (const [app, record] of wanted.rollouts) this.rollouts.set(app, record);
    for (const [name, apps] of wanted.assignments) this.assignments.set(name, { apps: { ...apps } });
    return wanted;
  }

  /** Nodes that carry the app, each with what is said of its leaving. */
  on(app: string): Record<string, string> {
    return Object.fromEntries(
      [...this.assignments].flatMap(([name, { apps }]) =>
        apps[app] === undefined ? [] : [[name, apps[app].phase ?? "stays"]]
      ),
    );
  }

  /** All that is assigned is ready. */
  settle(): void {
    for (const [name, { apps }] of this.assignments) {
      for (const [app, { revision }] of Object.entries(apps)) this.ready.add(`${name}/${app}@${revision}`);
    }
  }
}

function drained(
  all: readonly PlacementNode[],
  name: string,
  standing: PlacementNode["standing"] = "draining",
): PlacementNode[] {
  return all.map((one) => one.name === name ? { ...one, standing } : one);
}

Deno.test("control: a replica that has to move leaves when the others are ready and no front has it", () => {
  const all = nodes(4, 2);
  const world = new World(all);
  world.apps.set("web", { value: document("web", 2), revision: 7 });
  world.step();
  world.settle();
  const [first] = Object.keys(world.on("web"));
  world.used.add(`${first}/web`);
  world.nodes = drained(all, first!);
  world.step();
  assert.equal(world.on("web")[first!], "waits");
  assert.equal(Object.keys(world.on("web")).length, 3);
  world.settle();
  world.step();
  assert.equal(world.on("web")[first!], "closing");
  world.step();
  assert.equal(world.on("web")[first!], "closing");
  world.used.clear();
  world.step();
  assert.equal(world.on("web")[first!], undefined);
  assert.deepEqual(Object.values(world.on("web")), ["stays", "stays"]);
});

Deno.test("control: a node that is gone is waited for by nobody", () => {
  const all = nodes(4, 2);
  const world = new World(all);
  world.apps.set("web", { value: document("web", 2), revision: 7 });
  world.step();
  const [first] = Object.keys(world.on("web"));
  world.used.add(`${first}/web`);
  world.nodes = drained(all, first!, "gone");
  world.step();
  assert.equal(world.on("web")[first!], undefined);
  // Also where nobody has heard of it for so long that it is not known any more.
  world.nodes = all.filter(({ name }) => name !== first);
  world.assignments.set(first!, { apps: { web: { revision: 7, turn: 1, ports: [1] } } });
  const { assignments } = world.step();
  assert.deepEqual(assignments.get(first!), {});
});

Deno.test("control: a deleted app is closed before it goes, and one with fewer replicas as well", () => {
  const world = new World(nodes(3, 3));
  world.apps.set("web", { value: document("web", 3), revision: 7 });
  world.step();
  world.settle();
  for (const name of Object.keys(world.on("web"))) world.used.add(`${name}/web`);
  world.apps.set("web", { value: document("web", 2), revision: 8 });
  world.step();
  assert.deepEqual(Object.values(world.on("web")).sort(), ["stays", "updating", "waits"]);
  // The two that stay get the new revision one after the other, as fronts give them up and take them again.
  for (let turn = 0; turn < 4; turn++) {
    for (const [name, phase] of Object.entries(world.on("web"))) {
      if (phase === "updating") world.used.delete(`${name}/web`);
      else world.used.add(`${name}/web`);
    }
    world.step();
    world.settle();
  }
  world.step();
  assert.deepEqual(Object.values(world.on("web")).sort(), ["closing", "stays", "stays"]);
  world.apps.delete("web");
  world.step();
  assert.deepEqual(Object.values(world.on("web")), ["closing", "closing", "closing"]);
  world.used.clear();
  world.step();
  assert.deepEqual(world.on("web"), {});
});

Deno.test("control: a replica that leaves makes room at once for one that needs its port", () => {
  const world = new World([node("a", { zone: "a" }), node("b", { zone: "b" })]);
  world.apps.set("old", { value: document("old", 2, [8_080]), revision: 1 });
  world.step();
  world.used.add("a/old");
  world.apps.delete("old");
  world.apps.set("new", { value: document("new", 2, [8_080]), revision: 2 });
  world.step();
  assert.deepEqual(Object.keys(world.on("new")), ["a", "b"]);
  assert.deepEqual(world.on("old"), {});
});

Deno.test("control: an app whose document cannot be read stays where it is", () => {
  const world = new World(nodes(3, 3));
  world.apps.set("web", { value: document("web", 3), revision: 1 });
  world.step();
  const before = structuredClone([...world.assignments]);
  world.apps.set("web", { value: null, revision: 2 });
  world.step();
  assert.deepEqual([...world.assignments], before);
  // Nor one whose settings are nonsense, however they got there.
  world.apps.set("web", {
    value: makeAppDocument({ name: "web" }, { placement: { replicas: "many" } }, "ann"),
    revision: 3,
  });
  world.step();
  assert.deepEqual([...world.assignments], before);
});

Deno.test("control: what placement has to know is read from the document", () => {
  const read = placementApp(
    "web",
    makeAppDocument(
      { name: "web", ports: [0, "127.0.0.1:80", 443] },
      {
        placement: { max_per_zone: 2, require_labels: { disk: "ssd" } },
        scale: { min: 1, max: 3, target: { connections: 50 } },
      },
      "ann",
    ),
  );
  assert.deepEqual(read, {
    name: "web",
    replicas: 3,
    maxPerZone: 2,
    requireLabels: { disk: "ssd" },
    spreadBy: ["zone", "node"],
    ports: ["auto", 80, 443],
    connections: 50,
  });
  assert.equal(placementApp("web", makeAppDocument({ name: "web", ports: ["no port"] }, {}, "ann")), null);
});

Deno.test("control: a new revision comes by legs, with the ports that go with each", () => {
  const world = new World(nodes(3, 3));
  const fixed = (port: number): AppDocument =>
    makeAppDocument(
      { name: "web", ports: [port], targets: ["127.0.0.1:1"] },
      { rollout: { bake: "0s" } },
      "ann",
    );
  world.apps.set("web", { value: fixed(80), revision: 1 });
  world.step();
  world.settle();
  world.apps.set("web", { value: fixed(81), revision: 2 });
  world.step();
  assert.deepEqual(Object.values(world.on("web")).sort(), ["stays", "stays", "updating"]);
  world.step();
  const given = (): string[] =>
    [...world.assignments.values()].map(({ apps }) => `${apps["web"]!.revision} at ${apps["web"]!.ports[0]}`)
      .sort();
  assert.deepEqual(given(), ["1 at 80", "1 at 80", "2 at 81"]);
  assert.equal(world.rollouts.get("web")?.leg, "canary");
  for (let turn = 0; turn < 20; turn++) {
    world.settle();
    world.step();
  }
  assert.deepEqual(given(), ["2 at 81", "2 at 81", "2 at 81"]);
  assert.equal(world.rollouts.get("web")?.leg, "done");
});

Deno.test("control: fronts give a replica up before it gets another revision, and always have one", () => {
  const world = new World(nodes(3, 3));
  const change = (revision: number): void => {
    world.apps.set("web", { value: document("web", 2), revision });
  };
  change(1);
  world.step();
  world.settle();
  const names = Object.keys(world.on("web"));
  for (const name of names) world.used.add(`${name}/web`);
  change(2);
  world.step();
  const given = (name: string): string =>
    `${world.on("web")[name]} at ${world.assignments.get(name)?.apps["web"]?.revision}`;
  const first = names.find((name) => world.on("web")[name] === "updating")!;
  const last = names.find((name) => name !== first)!;
  assert.deepEqual([given(first), given(last)], ["updating at 1", "stays at 1"]);
  world.step();
  assert.deepEqual([given(first), given(last)], ["updating at 1", "stays at 1"]);
  world.used.delete(`${first}/web`);
  world.step();
  assert.deepEqual([given(first), given(last)], ["stays at 2", "stays at 1"]);
  world.settle();
  world.used.add(`${first}/web`);
  world.step();
  assert.deepEqual([given(first), given(last)], ["stays at 2", "updating at 1"]);
  world.used.delete(`${last}/web`);
  world.step();
  assert.deepEqual([given(first), given(last)], ["stays at 2", "stays at 2"]);
});

Deno.test("control: an app of one replica is updated in its place", () => {
  const world = new World(nodes(3, 3));
  world.apps.set("web", { value: document("web", 1), revision: 1 });
  world.step();
  world.settle();
  const [name] = Object.keys(world.on("web"));
  world.used.add(`${name}/web`);
  world.apps.set("web", { value: document("web", 1), revision: 2 });
  world.step();
  assert.deepEqual([world.on("web"), world.assignments.get(name!)?.apps["web"]?.revision], [{
    [name!]: "stays",
  }, 2]);
});
