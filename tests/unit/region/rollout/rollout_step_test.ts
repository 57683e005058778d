import assert from "node:assert/strict";
import fc from "fast-check";
import { rolloutSettings } from "../../../../src/region/model/app_settings.ts";
import type { RolloutDocument, StateDocument } from "../../../../src/region/model/documents.ts";
import { type RolloutStep, rolloutStep, type Tries } from "../../../../src/region/rollout/rollout_step.ts";

type Said = Pick<StateDocument, "revision" | "state" | "reason">;

/** An app on some nodes, which do what they are told when they are let. */
class World {
  readonly given = new Map<string, number>();
  readonly said = new Map<string, Said>();
  readonly tries = new Map<string, Tries>();
  record: RolloutDocument | null = null;
  readonly legs: string[] = [];
  #since = 0;
  now = 0;

  constructor(readonly nodes: string[], readonly settings = rolloutSettings.parse({}), public wanted = 1) {}

  step(): RolloutStep {
    const step = rolloutStep({
      wanted: this.wanted,
      settings: this.settings,
      record: this.record,
      replicas: this.nodes.map((node) => ({
        node,
        given: this.given.get(node) ?? null,
        state: this.said.get(node) ?? null,
        tries: this.tries.get(node) ?? null,
      })),
      legMs: this.now - this.#since,
    });
    if (JSON.stringify(step.record) !== JSON.stringify(this.record)) this.#since = this.now;
    if (step.record.leg !== this.record?.leg || step.record.to !== this.record.to) {
      this.legs.push(step.record.leg);
    }
    this.record = step.record;
    for (const [node, revision] of step.revisions) this.given.set(node, revision);
    return step;
  }

  /** Somebody else writes the record: the time of a leg begins anew, as with every record. */
  change(fields: Partial<RolloutDocument>): void {
    this.record = { ...this.record!, ...fields };
    this.#since = this.now;
  }

  /** The nodes say that what they were given serves, or what is wrong with it. */
  say(answer: (revision: number, node: string) => StateDocument["state"] = () => "ready"): void {
    for (const [node, revision] of this.given) {
      const state = answer(revision, node);
      this.said.set(node, { revision, state, reason: state === "ready" ? "" : "it is ill" });
    }
  }

  /** Nodes that have this revision. */
  on(revision: number): string[] {
    return this.nodes.filter((node) => this.given.get(node) === revision);
  }
}

/** One whose first revision runs everywhere. */
function running(nodes: number, settings: Parameters<typeof rolloutSettings.parse>[0] = {}): World {
  const world = new World(
    Array.from({ length: nodes }, (_, at) => `n${at}`),
    rolloutSettings.parse(settings),
  );
  world.step();
  world.say();
  assert.deepEqual([world.record?.leg, world.on(1).length], ["done", nodes]);
  return world;
}

Deno.test("rollout: a new app is everywhere at once", () => {
  assert.deepEqual(running(3).record, {
    format: 1,
    from: null,
    to: 1,
    leg: "done",
    reason: "",
    paused: false,
  });
});

Deno.test("rollout: canary, a time to prove itself, then the others by turns", () => {
  const world = running(4, { bake: "30s", max_unavailable: 1 });
  world.wanted = 2;
  world.step();
  assert.deepEqual([world.record?.leg, world.on(2)], ["canary", ["n0"]]);
  world.step();
  assert.deepEqual(world.on(2), ["n0"]);
  world.say();
  world.step();
  assert.deepEqual([world.record?.leg, world.on(2)], ["baking", ["n0"]]);
  world.now += 29_999;
  assert.equal(world.step().nextMs, 1);
  assert.equal(world.record?.leg, "baking");
  world.now += 1;
  for (let count = 2; count <= 4; count++) {
    world.step();
    world.step();
    assert.deepEqual([world.record?.leg, world.on(2).length], ["batches", count]);
    world.say();
  }
  world.step();
  assert.deepEqual(world.legs, ["done", "canary", "baking", "batches", "done"]);
  assert.deepEqual(world.record, { format: 1, from: 1, to: 2, leg: "done", reason: "", paused: false });
});

Deno.test("rollout: a canary that is refused, falls ill or is late takes all back", () => {
  for (
    const [what, reason] of [
      ["invalid", /n0: it is ill/],
      ["conflict", /n0: it is ill/],
      ["late", /n0 was not ready in time: it says nothing/],
      ["ill", /n0: it is ill/],
    ] as const
  ) {
    const world = running(3, { bake: "30s", ready_timeout: "10s" });
    world.wanted = 2;
    world.step();
    if (what === "late") {
      world.now += 9_999;
      world.step();
      assert.equal(world.record?.leg, "canary");
      world.now += 1;
    } else if (what === "ill") {
      world.say();
      world.step();
      assert.equal(world.record?.leg, "baking");
      world.say((revision) => revision === 2 ? "unready" : "ready");
    } else {
      world.say((revision) => revision === 2 ? what : "ready");
    }
    world.step();
    assert.deepEqual([world.record?.leg, world.on(1).length], ["rolled_back", 3], what);
    assert.match(world.record?.reason ?? "", reason);
    world.say();
    world.now += 1e9;
    assert.equal(world.step().nextMs, Infinity);
    assert.equal(world.on(1).length, 3);
    // The next one begins anew, from what runs.
    world.wanted = 3;
    world.step();
    assert.deepEqual([world.record?.leg, world.record?.from, world.on(3).length], ["canary", 1, 1]);
  }
});

Deno.test("rollout: one that may not be taken back stays as it is", () => {
  const world = running(3, { auto_rollback: false });
  world.wanted = 2;
  world.step();
  world.say((revision) => revision === 2 ? "invalid" : "ready");
  world.step();
  world.step();
  assert.deepEqual([world.record?.leg, world.on(2)], ["failed", ["n0"]]);
});

Deno.test("rollout: paused nothing goes on, not even time; resumed it does", () => {
  const world = running(4, { canary: 0, max_unavailable: 2 });
  world.wanted = 2;
  world.step();
  assert.deepEqual([world.record?.leg, world.on(2)], ["batches", ["n0", "n1"]]);
  world.say();
  world.change({ paused: true });
  world.now += 1e9;
  assert.equal(world.step().nextMs, Infinity);
  assert.deepEqual(world.on(2), ["n0", "n1"]);
  world.change({ paused: false });
  world.step();
  assert.equal(world.on(2).length, 4);
});

Deno.test("rollout: one that comes while another is on trial tries it where that was tried", () => {
  const world = running(4);
  world.wanted = 2;
  world.step();
  world.wanted = 3;
  world.step();
  assert.deepEqual([world.on(3), world.on(2), world.on(1).length], [["n0"], [], 3]);
  assert.equal(world.record?.from, 1);
});

Deno.test("rollout: a replica that comes during a trial gets what the others have", () => {
  const world = running(3);
  world.wanted = 2;
  world.step();
  world.nodes.push("n9");
  world.step();
  assert.equal(world.given.get("n9"), 1);
});

Deno.test("rollout: whatever nodes do, no more than allowed are out of service by its doing, and it ends", () => {
  const settings = fc.record({
    canary: fc.integer({ min: 0, max: 3 }),
    max_unavailable: fc.integer({ min: 1, max: 3 }),
    bake: fc.constantFrom("0s", "10s"),
    ready_timeout: fc.constantFrom("5s", "60s"),
    auto_rollback: fc.boolean(),
  });
  const answers = fc.infiniteStream(
    fc.constantFrom("ready", "ready", "ready", "ready", "unready", "invalid", "silent"),
  );
  fc.assert(
    fc.property(
      settings,
      fc.integer({ min: 1, max: 8 }),
      answers,
      fc.boolean(),
      (given, nodes, stream, isMoody) => {
        const world = running(nodes, given);
        world.wanted = 2;
        let rounds = 0;
        for (
          ;
          rounds < 300 && (rounds === 0 || !["done", "failed", "rolled_back"].includes(world.record!.leg));
          rounds++
        ) {
          const before = new Map(world.given);
          const wasReady = world.nodes.filter((node) =>
            world.said.get(node)?.revision === before.get(node) && world.said.get(node)?.state === "ready"
          );
          world.step();
          const touched = wasReady.filter((node) => before.get(node) !== world.given.get(node));
          const isBack = world.record!.leg === "rolled_back";
          const most = world.record!.leg === "canary"
            ? world.settings.canary
            : world.settings.max_unavailable;
          assert.ok(isBack || touched.length <= most, `${touched.length} in ${world.record!.leg}`);
          world.say((revision, node) => {
            if (revision === 1 || !isMoody) return "ready";
            const [next] = stream.take(1);
            return next === "silent" || next === undefined
              ? world.said.get(node)?.state ?? "unready"
              : next as StateDocument["state"];
          });
          world.now += 2_000;
        }
        assert.ok(
          ["done", "failed", "rolled_back"].includes(world.record!.leg),
          `${world.record!.leg} after ${rounds} rounds`,
        );
        if (!isMoody) assert.equal(world.record!.leg, "done");
        if (world.record!.leg === "rolled_back") assert.equal(world.on(1).length, nodes);
      },
    ),
  );
});

Deno.test("rollout: a canary where more fails than elsewhere takes all back while it bakes", () => {
  /** What is said after the canary has baked for a while. */
  const baked = (
    canary: Tries | null,
    others: Tries | null,
    settings: Parameters<typeof rolloutSettings.parse>[0] = {},
  ): RolloutDocument => {
    const world = running(3, { bake: "30s", ...Object(settings) });
    world.wanted = 2;
    world.step();
    world.say();
    world.step();
    assert.equal(world.record?.leg, "baking");
    const [trial, ...rest] = [...world.on(2), ...world.on(1)];
    if (canary !== null) world.tries.set(trial!, canary);
    for (const node of rest) if (others !== null) world.tries.set(node, others);
    world.now += 29_999;
    return world.step().record;
  };
  const bad = baked({ tried: 100, failed: 6 }, { tried: 100, failed: 0 });
  assert.deepEqual([bad.leg, bad.reason], [
    "rolled_back",
    "6 of 100 failed with the change, 0 of 200 without",
  ]);
  assert.equal(baked({ tried: 100, failed: 5 }, null).leg, "baking");
  assert.equal(baked({ tried: 100, failed: 6 }, null).leg, "rolled_back");
  // What fails on all of them is no fault of the change.
  assert.equal(baked({ tried: 100, failed: 24 }, { tried: 100, failed: 20 }).leg, "baking");
  // Of a few nothing follows.
  assert.equal(baked({ tried: 19, failed: 19 }, { tried: 100, failed: 0 }).leg, "baking");
  assert.equal(baked({ tried: 100, failed: 6 }, { tried: 9, failed: 9 }).leg, "rolled_back");
  assert.equal(baked(null, null).leg, "baking");
  assert.equal(baked({ tried: 100, failed: 100 }, null, { max_errors: "100%" }).leg, "baking");
  assert.equal(baked({ tried: 1000, failed: 1 }, null, { max_errors: "0%" }).leg, "rolled_back");
});
