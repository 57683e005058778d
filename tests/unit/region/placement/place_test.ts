import assert from "node:assert/strict";
import type { Placement, PlacementApp, PlacementNode } from "../../../../src/region/model/placement.ts";
import { place } from "../../../../src/region/placement/place.ts";
import { app, apps, node, nodes, nodesOf } from "./region_parts.ts";

const NOTHING = new Map();

/** Zones of the nodes that an app is on. */
function zonesOf(placement: Placement, name: string, all: readonly PlacementNode[]): string[] {
  return nodesOf(placement.assignments, name).map((one) => all.find((other) => other.name === one)!.zone);
}

/** How many replicas each node has. */
function load({ assignments }: Placement): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const replicas of assignments.values()) {
    for (const replica of replicas) counts[replica.node] = (counts[replica.node] ?? 0) + 1;
  }
  return counts;
}

Deno.test("placement: three nodes in three zones, and again the same", () => {
  const all = nodes(6, 3);
  const first = place([app("web")], all, NOTHING);
  assert.equal(new Set(nodesOf(first.assignments, "web")).size, 3);
  assert.deepEqual(new Set(zonesOf(first, "web", all)), new Set(["z0", "z1", "z2"]));
  assert.deepEqual(first.changes.map(({ kind }) => kind), ["add", "add", "add"]);
  assert.deepEqual(first.unplaced, []);
  const again = place([app("web")], all.toReversed(), first.assignments);
  assert.deepEqual(again.assignments, first.assignments);
  assert.deepEqual(again.changes, []);
});

Deno.test("placement: an app that does not ask for zones is in two of them all the same", () => {
  const all = [node("lonely", { zone: "b" }), ...nodes(40, 1)];
  for (const one of apps(20, { spreadBy: ["node"] })) {
    assert.equal(new Set(zonesOf(place([one], all, NOTHING), one.name, all)).size, 2, one.name);
  }
});

Deno.test("placement: limits of zones, labels and what is in the way are told apart", () => {
  const all = [
    node("plain"),
    node("fast-1", { labels: { disk: "ssd" } }),
    node("fast-2", { labels: { disk: "ssd" } }),
    node("fast-3", { labels: { disk: "ssd" }, standing: "cordoned" }),
    node("fast-4", { labels: { disk: "ssd" }, standing: "draining" }),
    node("fast-5", { labels: { disk: "ssd" }, standing: "gone" }),
  ];
  const one = app("web", { requireLabels: { disk: "ssd" }, maxPerZone: 1 });
  const { assignments, unplaced } = place([one], all, NOTHING);
  assert.match(String(nodesOf(assignments, "web")), /^fast-[12]$/);
  assert.deepEqual(unplaced, [{
    app: "web",
    missing: 2,
    refusals: { has_one: 1, labels: 1, zone_full: 1, cordoned: 1, draining: 1, gone: 1 },
  }]);
  const anywhere = place([app("web", { requireLabels: { toString: "x" } })], all, NOTHING);
  assert.deepEqual(anywhere.unplaced[0]?.refusals, { labels: 3, cordoned: 1, draining: 1, gone: 1 });
});

Deno.test("placement: ports do not collide, whoever has them", () => {
  const all = nodes(3, 3, { portRange: { first: 8_080, last: 8_083 } });
  const mixed = [
    app("a", { ports: ["auto"] }),
    app("b", { ports: ["auto", 443] }),
    app("c", { ports: [8_081, 8_080] }),
  ];
  const placed = place(mixed, all, NOTHING);
  assert.deepEqual(placed.unplaced, []);
  for (const { name } of all) {
    const ports = [...placed.assignments.values()].flat().filter((one) => one.node === name).flatMap((one) =>
      one.ports
    );
    assert.deepEqual(ports.toSorted((x, y) => x - y), [443, 8_080, 8_081, 8_082, 8_083]);
  }
  const rivals = place([app("a", { ports: [8_080] }), app("b", { ports: [8_080] })], all, NOTHING);
  assert.deepEqual(rivals.unplaced, [{ app: "b", missing: 3, refusals: { port_taken: 3 } }]);
  const five = place(apps(5), all, NOTHING);
  assert.deepEqual(five.unplaced, [{ app: "app-4", missing: 3, refusals: { no_free_port: 3 } }]);
  // One that wants the number of a free choice that was made before goes elsewhere, or has to wait.
  const chosen = place([app("a")], all, NOTHING).assignments.get("a")![0]!.ports[0];
  const late = place(
    [app("a"), app("z", { ports: [chosen!] })],
    all,
    place([app("a")], all, NOTHING).assignments,
  );
  assert.ok(late.unplaced[0]?.app === "z" && late.unplaced[0].refusals.port_taken! > 0);
  assert.ok(late.changes.every((change) => change.app === "z"));
});

Deno.test("placement: an app whose ports change stays where it is; a free choice is kept", () => {
  const all = nodes(3, 3);
  const first = place([app("web", { ports: [80, "auto"] })], all, NOTHING);
  const second = place([app("web", { ports: [443, "auto"] })], all, first.assignments);
  assert.deepEqual(second.changes.map(({ kind }) => kind), ["ports", "ports", "ports"]);
  const [before, after] = [first, second].map(({ assignments }) =>
    assignments.get("web")!.map(({ ports }) => ports)
  );
  assert.deepEqual(after, before!.map(([, free]) => [443, free]));
});

Deno.test("placement: a port that an app had by number, and now has at another place, is not kept for any", () => {
  const all = nodes(1, 1, { portRange: { first: 20_000, last: 20_007 } });
  const before = place([app("web", { replicas: 1, ports: [20_005] })], all, NOTHING);
  const after = place([app("web", { replicas: 1, ports: ["auto", 20_005] })], all, before.assignments);
  const [{ ports } = { ports: [] }] = after.assignments.get("web") ?? [];
  assert.equal(ports[1], 20_005);
  assert.equal(new Set(ports).size, 2);
});

Deno.test("placement: a node that is gone costs what it had, and nothing else moves", () => {
  const all = nodes(10, 3);
  const wanted = apps(60);
  const before = place(wanted, all, NOTHING);
  const lost = load(before)["n4"]!;
  const without = all.map((one) => one.name === "n4" ? { ...one, standing: "gone" as const } : one);
  const { changes, unplaced } = place(wanted, without, before.assignments);
  assert.deepEqual(unplaced, []);
  const adds = changes.filter(({ kind }) => kind === "add");
  assert.equal(adds.length, lost);
  assert.ok(
    adds.every((change) =>
      change.kind === "add" && change.replaces?.node === "n4" && change.replaces.reason === "gone"
    ),
  );
  assert.deepEqual(
    changes.filter(({ kind }) => kind === "remove").map((
      change,
    ) => [change.node, change.kind === "remove" && change.reason]),
    Array.from({ length: lost }, () => ["n4", "gone"]),
  );
  // One that nobody knows any more is the same.
  const unknown = place(wanted, without.filter(({ name }) => name !== "n4"), before.assignments);
  assert.equal(unknown.changes.filter(({ kind }) => kind === "add").length, lost);
});

Deno.test("placement: cordoned nodes keep what they have; draining ones do not", () => {
  const all = nodes(6, 2);
  const before = place(apps(10), all, NOTHING);
  const stand = (standing: PlacementNode["standing"]): PlacementNode[] =>
    all.map((one) => one.name === "n0" ? { ...one, standing } : one);
  const cordoned = place(apps(10), stand("cordoned"), before.assignments);
  assert.equal(load(cordoned)["n0"], load(before)["n0"]);
  assert.equal(load(place(apps(10), stand("draining"), before.assignments))["n0"], undefined);
  assert.equal(load(place(apps(10), stand("cordoned"), NOTHING))["n0"], undefined);
});

Deno.test("placement: fewer replicas go from where most are, more come, and a deleted app leaves", () => {
  const all = nodes(9, 3);
  const five = place([app("web", { replicas: 5 }), app("old")], all, NOTHING);
  const two = place([app("web", { replicas: 2 })], all, five.assignments);
  assert.equal(new Set(zonesOf(two, "web", all)).size, 2);
  const reasons = two.changes.map((change) =>
    `${change.kind} ${change.app} ${change.kind === "remove" && change.reason}`
  );
  assert.deepEqual(reasons.sort(), [
    ...Array.from({ length: 3 }, () => "remove old app_deleted"),
    ...Array.from({ length: 3 }, () => "remove web scaled_down"),
  ]);
  const none = place([app("web", { replicas: 0 })], all, five.assignments);
  assert.deepEqual(none.assignments.get("web"), []);
});

Deno.test("placement: capacity is never exceeded, and shares follow it", () => {
  const big = { apps: 300, connections: 300_000 };
  const all = nodes(10, 5).map((one, index) => index < 5 ? { ...one, capacity: big } : one);
  const placement = place(apps(400), all, NOTHING);
  const counts = load(placement);
  for (const [index, { name, capacity }] of all.entries()) {
    assert.ok(counts[name]! <= capacity.apps);
    assert.ok(counts[name]! <= Math.ceil(1.25 * (index < 5 ? 180 : 60)), `${name} has ${counts[name]}`);
  }
  const full = place(apps(100, { connections: 60_000 }), nodes(6, 3), NOTHING);
  assert.equal(Object.values(load(full)).reduce((sum, count) => sum + count), 6);
  assert.equal(full.unplaced.at(-1)?.refusals.connections_full, 6);
  const smaller = place(
    apps(100),
    nodes(6, 3, { capacity: { apps: 10, connections: 1e6 } }),
    place(apps(100), nodes(6, 3), NOTHING).assignments,
  );
  assert.deepEqual(Object.values(load(smaller)), [10, 10, 10, 10, 10, 10]);
  assert.ok(smaller.changes.every((change) => change.kind !== "remove" || change.reason === "apps_full"));
});

/** Rounds until nothing changes any more; each is checked. */
function settle(
  wanted: readonly PlacementApp[],
  all: readonly PlacementNode[],
  from: Placement,
): [Placement, number] {
  let now = from;
  for (let rounds = 0; rounds < 100; rounds++) {
    const next = place(wanted, all, now.assignments);
    if (next.changes.length === 0) return [now, rounds];
    const moved = next.changes.filter(({ kind }) => kind === "add").length;
    assert.ok(moved <= Math.max(1, wanted.length * 3 * 0.05), `${moved} moved`);
    now = next;
  }
  throw new Error("It does not settle");
}

Deno.test("placement: new nodes get their part little by little", () => {
  const few = nodes(8, 2);
  const more = nodes(12, 2);
  const wanted = apps(120);
  const [settled, rounds] = settle(wanted, more, place(wanted, few, NOTHING));
  assert.ok(rounds > 1);
  for (const { name } of more) assert.ok(load(settled)[name]! >= 24, `${name} has ${load(settled)[name]}`);
});

Deno.test("placement: apps that sit in one zone go into a second one when it comes back", () => {
  const all = nodes(8, 2);
  const oneZone = all.map((one) => one.zone === "z1" ? { ...one, standing: "gone" as const } : one);
  const wanted = apps(60, { spreadBy: ["node"] });
  const [settled] = settle(wanted, all, place(wanted, oneZone, NOTHING));
  for (const { name } of wanted) assert.equal(new Set(zonesOf(settled, name, all)).size, 2, name);
});

Deno.test("placement: names that stand twice are refused; nothing in, nothing out", () => {
  assert.throws(() => place([app("web"), app("web")], [], NOTHING), /Two apps have one name/);
  assert.throws(() => place([], [node("n"), node("n")], NOTHING), /Two nodes have one name/);
  assert.deepEqual(place([], [], NOTHING), { assignments: new Map(), changes: [], unplaced: [] });
  assert.deepEqual(place([app("web")], [], NOTHING).unplaced, [{ app: "web", missing: 3, refusals: {} }]);
  const twice = new Map([["web", [{ node: "n0", ports: [1] }, { node: "n0", ports: [2] }]]]);
  assert.equal(nodesOf(place([app("web")], nodes(3, 3), twice).assignments, "web").length, 3);
});
