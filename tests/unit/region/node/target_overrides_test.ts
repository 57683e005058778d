import assert from "node:assert/strict";
import { Logger } from "../../../../src/base/log.ts";
import { Overrides } from "../../../../src/control/overrides/overrides.ts";
import type { TargetDocument } from "../../../../src/region/model/documents.ts";
import { TargetOverrides } from "../../../../src/region/node/target_overrides.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

const HOUR_MS = 3_600_000;
const TARGET = "10.0.0.1:80";

/** A node, and the overrides that it has. */
class World {
  readonly clock = new FakeClock();
  readonly log = new Logger({ level: "error", parts: {}, clock: this.clock, write: () => {} });
  /** Targets that are in force. */
  readonly targets = new Set([`web/${TARGET}`]);
  readonly overrides = new Overrides({
    clock: this.clock,
    log: this.log,
    configured: (app, target) => this.targets.has(`${app}/${target}`) ? 1 : null,
    onChange: () => this.changes++,
  });
  changes = 0;
  readonly given = new TargetOverrides({ overrides: this.overrides }, this.log, () => this.clock.wallTime());

  hear(value: Partial<TargetDocument> | null, ageMs = 0, skewMs = 0, name = `web/${TARGET}`): void {
    const at = new Date(this.clock.wallTime() - skewMs - ageMs);
    const document = {
      format: 1,
      state: null,
      weight: null,
      by: "ann",
      reason: "",
      for_ms: null,
      ...value,
    } as const;
    this.given.heard(
      { name, value: value === null ? null : document, problem: null, revision: 1, at },
      skewMs,
    );
    this.given.give();
  }

  get there(): unknown {
    const { state = null, weight = null } = this.overrides.get("web", TARGET) ?? {};
    return [state?.value ?? null, weight?.value ?? null, state?.by ?? weight?.by ?? null];
  }
}

Deno.test("what the region says of a target is given once, also when it is told again, and taken back", () => {
  const world = new World();
  world.hear({ state: "drain", weight: "50%" });
  assert.deepEqual(world.there, ["drain", "50%", "region: ann"]);
  assert.equal(world.changes, 1);
  world.hear({ state: "drain", weight: "50%" }, 5_000);
  assert.equal(world.changes, 1);
  world.hear({ weight: "7" });
  assert.deepEqual(world.there, [null, 7, "region: ann"]);
  world.hear(null);
  assert.deepEqual(world.there, [null, null, null]);
  const changes = world.changes;
  world.hear(null);
  assert.equal(world.changes, changes);
});

Deno.test("a target that comes later gets it then", () => {
  const world = new World();
  world.hear({ state: "maint" }, 0, 0, "api/http://h:1/p");
  assert.equal(world.changes, 0);
  world.targets.add("api/http://h:1/p");
  world.given.give();
  assert.equal(world.overrides.get("api", "http://h:1/p")?.state?.value, "maint");
  world.given.give();
  assert.equal(world.changes, 1);
});

Deno.test("its time counts from when it was written, by the servers' clock", () => {
  for (const skewMs of [0, HOUR_MS, -HOUR_MS]) {
    const world = new World();
    world.hear({ state: "drain", for_ms: 60_000 }, 20_000, skewMs);
    const until = world.overrides.get("web", TARGET)?.state?.until ?? 0;
    assert.equal(until - world.clock.wallTime(), 40_000);
    const late = new World();
    late.hear({ state: "drain", for_ms: 60_000 }, 60_000, skewMs);
    assert.deepEqual(late.there, [null, null, null]);
  }
});

Deno.test("what was said to the node itself stays: later than the region, it counts; it is not taken back", () => {
  const world = new World();
  void world.overrides.set("web", TARGET, { state: "maint", by: "bob", reason: "", forMs: null });
  world.hear({ state: "drain" }, 1_000);
  assert.deepEqual(world.there, ["maint", null, "bob"]);
  world.hear(null);
  assert.deepEqual(world.there, ["maint", null, "bob"]);
  world.clock.advance(1);
  world.hear({ state: "drain" });
  assert.deepEqual(world.there, ["drain", null, "region: ann"]);
});
