import assert from "node:assert/strict";
import type { PictureApp, PictureReplica } from "../../../../src/model/region_picture.ts";
import { pictureOf } from "../../../../src/region/observe/picture_of.ts";
import { SeenRegionParts, WRITTEN } from "../../../kit/seen_region.ts";

/** Of one replica on n1. */
function replicaOf(seen: SeenRegionParts): PictureReplica {
  return pictureOf(seen).apps.find(({ name }) => name === "web")!.replicas[0]!;
}

function appOf(seen: SeenRegionParts, app = "web"): PictureApp {
  return pictureOf(seen).apps.find(({ name }) => name === app)!;
}

function one(): SeenRegionParts {
  return new SeenRegionParts().node("n1").app("web", { placement: { replicas: 1 } });
}

Deno.test("picture: each state of a cell, with its reason", () => {
  const cases: readonly (readonly [string, SeenRegionParts, string, boolean])[] = [
    ["ready", one().replica("n1", "web"), "", true],
    ["unready", one().replica("n1", "web", "unready", { reason: "it is failed" }), "it is failed", false],
    ["invalid", one().replica("n1", "web", "invalid", { reason: "ports: bad" }), "ports: bad", false],
    ["conflict", one().replica("n1", "web", "conflict", { reason: "taken" }), "taken", false],
    [
      "waits",
      one().replica("n1", "web", "ready", { phase: "waits" }),
      "it leaves when those that take its place are ready",
      true,
    ],
    [
      "waits",
      one().replica("n1", "web", "unready", { phase: "waits" }),
      "it leaves when those that take its place are ready",
      false,
    ],
    [
      "closing",
      one().replica("n1", "web", "ready", { phase: "closing" }),
      "it leaves when no front uses it any more",
      false,
    ],
    [
      "updating",
      one().replica("n1", "web", "ready", { phase: "updating" }),
      "it gets another revision when no front uses it any more",
      false,
    ],
    ["not_told", one().replica("n1", "web", null), "it has not told yet of revision 7", false],
    // What it said of a former turn says nothing of this one.
    [
      "not_told",
      one().replica("n1", "web", "ready", { turn: 2, saidTurn: 1 }),
      "it has not told yet of revision 7",
      false,
    ],
    ["gone", one().node("n1", "gone").replica("n1", "web"), "its node is gone", false],
    [
      "gone",
      one().node("n1", "gone").replica("n1", "web", "ready", { phase: "closing" }),
      "its node is gone",
      false,
    ],
  ];
  for (const [state, seen, reason, serving] of cases) {
    assert.deepEqual(
      replicaOf(seen),
      { node: "n1", state, reason, serving, revision: 7, ports: [20_001] },
      `${state} ${serving}`,
    );
  }
});

Deno.test("picture: nodes as they said, as operators want them, gone, and never heard of", () => {
  const seen = new SeenRegionParts().node("n1", "ready", { zone: "b" }).node("n2", "draining").node(
    "n3",
    "gone",
  )
    .app("web").app("api")
    .replica("n1", "web").replica("n1", "api", "unready").replica("n3", "web").replica("n9", "web");
  seen.overrides.set("n2", { format: 1, standing: "draining", by: "ann" });
  // What was said of a node that is gone is no news.
  seen.overrides.set("n3", { format: 1, standing: "cordoned", by: "ann" });
  const capacity = { apps: 10, connections: 100 };
  assert.deepEqual(pictureOf(seen).nodes, [
    {
      name: "n1",
      zone: "b",
      address: "n1.example",
      standing: "ready",
      by: "",
      capacity,
      carried: 2,
      ready: 1,
    },
    {
      name: "n2",
      zone: "a",
      address: "n2.example",
      standing: "draining",
      by: "ann",
      capacity,
      carried: 0,
      ready: 0,
    },
    {
      name: "n3",
      zone: "a",
      address: "n3.example",
      standing: "gone",
      by: "",
      capacity,
      carried: 1,
      ready: 0,
    },
    { name: "n9", zone: "", address: "", standing: "gone", by: "", capacity: null, carried: 1, ready: 0 },
  ]);
});

Deno.test("picture: a node that is gone is forgotten after ten minutes, unless it has something to carry", () => {
  const names = (silentMs: number, carries: boolean): readonly string[] => {
    const seen = new SeenRegionParts().app("web").node("n1", "gone", {}, silentMs);
    if (carries) seen.replica("n1", "web");
    return pictureOf(seen).nodes.map(({ name }) => name);
  };
  assert.deepEqual([names(599_999, false), names(600_000, false), names(600_000, true)], [["n1"], [], [
    "n1",
  ]]);
});

Deno.test("picture: how an app is as a whole, and what troubles it", () => {
  const two = (): SeenRegionParts =>
    new SeenRegionParts().node("n1").node("n2").node("n3").app("web", { placement: { replicas: 2 } });
  const both = (): SeenRegionParts => two().replica("n1", "web").replica("n2", "web");
  const cases: readonly (readonly [SeenRegionParts, string, number, readonly string[]])[] = [
    [both(), "well", 2, []],
    [two(), "down", 0, ["2 of 2 replicas have no node"]],
    [two().replica("n1", "web"), "degraded", 1, ["1 of 2 replicas has no node"]],
    [both().replica("n2", "web", "unready", { reason: "it is failed" }), "degraded", 1, ["n2: it is failed"]],
    [both().node("n2", "gone"), "degraded", 1, ["n2: its node is gone"]],
    // A new one comes, and the other waits for it.
    [
      both().replica("n2", "web", "ready", { phase: "waits" }).replica("n3", "web", null),
      "changing",
      2,
      ["n3: it has not told yet of revision 7"],
    ],
    [both().rollout("web", { leg: "baking" }), "changing", 2, []],
    [both().rollout("web", { leg: "done" }), "well", 2, []],
    [both().rollout("web", { leg: "rolled_back", reason: "n1: late" }), "degraded", 2, []],
    [both().rollout("web", { leg: "failed", reason: "n1: late" }), "degraded", 2, []],
    [new SeenRegionParts().app("web", { placement: { replicas: 0 } }), "well", 0, []],
  ];
  for (const [index, [seen, condition, ready, trouble]] of cases.entries()) {
    const app = appOf(seen);
    assert.deepEqual([app.condition, app.ready, app.trouble], [condition, ready, trouble], `case ${index}`);
  }
});

Deno.test("picture: an app that was deleted is there as long as a node carries it; no rollout and no scale any more", () => {
  const seen = new SeenRegionParts().node("n1").replica("n1", "web", "ready", { phase: "closing" })
    .rollout("web", { leg: "baking" });
  const { revision, wanted, ready, condition, rollout, scale, trouble } = appOf(seen);
  assert.deepEqual({ revision, wanted, ready, condition, rollout, scale, trouble }, {
    revision: null,
    wanted: 0,
    ready: 0,
    condition: "changing",
    rollout: null,
    scale: null,
    trouble: [],
  });
  assert.deepEqual(pictureOf(new SeenRegionParts().node("n1").rollout("web", {})).apps, []);
});

Deno.test("picture: a document that cannot be used says so", () => {
  const seen = new SeenRegionParts().app("bad", { placement: { replicas: "many" } });
  seen.apps.set("newer", { value: null, problem: "format: was written by a newer fproxy", revision: 9 });
  assert.deepEqual(
    pictureOf(seen).apps.map((
      { name, condition, revision, trouble },
    ) => [name, condition, revision, trouble]),
    [
      ["bad", "degraded", 7, ["its document cannot be used: its placement, rollout or scale is not valid"]],
      ["newer", "degraded", 9, ["its document cannot be used: format: was written by a newer fproxy"]],
    ],
  );
});

Deno.test("picture: a rollout with how many replicas have it, by the servers' clock", () => {
  const seen = new SeenRegionParts().node("n1").node("n2").app("web")
    .replica("n1", "web").replica("n2", "web", "ready", { revision: 5 })
    .rollout("web", { leg: "baking", paused: true });
  assert.deepEqual(appOf(seen).rollout, {
    leg: "baking",
    paused: true,
    from: 5,
    to: 7,
    reason: "",
    updated: 1,
    since: WRITTEN.toISOString(),
  });
});

Deno.test("picture: scaling with its formula, or who set the number by hand and until when", () => {
  const scale = { min: 2, max: 9, target: { connections: 500 } };
  const seen = new SeenRegionParts().app("web", { scale });
  const range = { min: 2, max: 9, target: "connections 500" };
  assert.deepEqual(appOf(seen).scale, { ...range, reason: "", since: null, held: null });
  const reason = "connections: ceil(3 × 812 / 500) = 5";
  seen.scales.set("web", { value: { format: 1, replicas: 5, reason, held: null }, at: WRITTEN });
  const since = WRITTEN.toISOString();
  assert.deepEqual(appOf(seen).scale, { ...range, reason, since, held: null });
  assert.equal(appOf(seen).wanted, 5);
  const held = { by: "ann", for_ms: 600_000 };
  seen.scales.set("web", { value: { format: 1, replicas: 4, reason: "by ann for 10m", held }, at: WRITTEN });
  assert.deepEqual(appOf(seen).scale?.held, { by: "ann", until: "2030-01-01T12:10:00.000Z" });
});

Deno.test("picture: fronts, who leads, and all of it in the order of names", () => {
  const seen = new SeenRegionParts().app("b").app("a").node("n2").node("n1");
  seen.fronts.set("f2", { uses: { a: ["n1"] }, isGone: true });
  seen.fronts.set("f1", { uses: {}, isGone: false });
  const picture = pictureOf(seen);
  assert.deepEqual([picture.region, picture.leader], ["main", "c1"]);
  assert.deepEqual(picture.fronts, [{ name: "f1", gone: false, uses: {} }, {
    name: "f2",
    gone: true,
    uses: { a: ["n1"] },
  }]);
  assert.deepEqual(picture.apps.map(({ name }) => name), ["a", "b"]);
  assert.deepEqual(picture.nodes.map(({ name }) => name), ["n1", "n2"]);
});
