import assert from "node:assert/strict";
import { slowStartShare } from "../../../../../src/control/availability/slow_start/ramp.ts";
import { Admin, Health } from "../../../../../src/model/target_words.ts";
import { PassiveFixture } from "../passive_fixture.ts";

const SLOW = { slow_start: { window: "10s" } };

Deno.test("a share rises as Envoy's does, in hundredths, never below the least", () => {
  const policy = { window: 10_000, aggression: 1, min_weight_percent: 10 };
  const at = (changes: Partial<typeof policy>): number[] =>
    [0, 500, 2_500, 5_000, 9_999, 10_000].map((ms) => slowStartShare(ms, { ...policy, ...changes }));
  assert.deepEqual(at({}), [0.1, 0.1, 0.25, 0.5, 1, 1]);
  assert.deepEqual(at({ aggression: 2 }), [0.1, 0.23, 0.5, 0.71, 1, 1]);
  assert.deepEqual(at({ aggression: 0.5 }), [0.1, 0.1, 0.1, 0.25, 1, 1]);
  assert.deepEqual(at({ min_weight_percent: 100 }), [1, 1, 1, 1, 1, 1]);
});

Deno.test("nothing comes up slowly when the app begins, also what is found well only then", () => {
  const fixture = new PassiveFixture();
  fixture.words.setHealth(102, Health.down);
  fixture.take(SLOW, [1, 2]);
  assert.deepEqual([fixture.weight(1), fixture.weight(2)], [1, 1]);
  fixture.clock.advance(3_000);
  fixture.words.setHealth(102, Health.up);
  fixture.clock.advance(250);
  assert.equal(fixture.weight(2), 1);
});

Deno.test("a target that returns has little weight from its first session on, and all of it after the window", () => {
  for (
    const [name, leave, comeBack] of [
      [
        "down",
        (one: PassiveFixture) => one.words.setHealth(102, Health.down),
        (one: PassiveFixture) => one.words.setHealth(102, Health.up),
      ],
      [
        "ejected",
        (one: PassiveFixture) => one.words.eject(102),
        (one: PassiveFixture) => one.words.restore(102, Health.unknown),
      ],
      [
        "in maintenance",
        (one: PassiveFixture) => one.words.setAdmin(102, Admin.maint),
        (one: PassiveFixture) => one.words.setAdmin(102, Admin.ready),
      ],
    ] as const
  ) {
    const fixture = new PassiveFixture();
    fixture.take(SLOW, [1, 2]);
    fixture.clock.advance(20_000);
    leave(fixture);
    fixture.clock.advance(1_000);
    comeBack(fixture);
    assert.equal(fixture.weight(2), 0.1, `${name}: before control had a turn`);
    fixture.clock.advance(250);
    const weights = [2_500, 2_500, 2_500].map((ms) => {
      fixture.clock.advance(ms);
      return fixture.weight(2);
    });
    assert.deepEqual(weights, [0.25, 0.5, 0.75], name);
    fixture.clock.advance(2_500);
    assert.deepEqual([fixture.weight(2), fixture.weight(1)], [1, 1], name);
    const { epoch } = fixture.words;
    fixture.clock.advance(60_000);
    assert.equal(fixture.words.epoch, epoch, `${name}: nothing is written when all are up`);
  }
});

Deno.test("what was down for longer than the window when the app began returns slowly, too", () => {
  const fixture = new PassiveFixture();
  fixture.words.setHealth(102, Health.down);
  fixture.take(SLOW, [1, 2]);
  fixture.clock.advance(11_000);
  fixture.words.setHealth(102, Health.up);
  assert.equal(fixture.weight(2), 0.1);
});

Deno.test("a target that is new to a running app comes up slowly; a rollout disturbs none that does", () => {
  const fixture = new PassiveFixture();
  fixture.take(SLOW, [1]);
  fixture.clock.advance(20_000);
  fixture.take(SLOW, [1, 2]);
  assert.deepEqual([fixture.weight(1), fixture.weight(2)], [1, 0.1]);
  fixture.clock.advance(5_000);
  fixture.take(SLOW, [1, 2, 3], (n) => n === 2 ? { weight: 4 } : {});
  assert.deepEqual([fixture.weight(2), fixture.weight(3)], [2, 0.1], "half of its new weight");
  fixture.take({}, [1, 2, 3]);
  assert.deepEqual([1, 2, 3].map((n) => fixture.weight(n)), [1, 1, 1], "an app that wants it no more");
});

Deno.test("a target that leaves while it comes up begins anew", () => {
  const fixture = new PassiveFixture();
  fixture.take(SLOW, [1]);
  fixture.take(SLOW, [1, 2]);
  fixture.clock.advance(6_000);
  assert.equal(fixture.weight(2), 0.6);
  fixture.words.setHealth(102, Health.down);
  fixture.clock.advance(250);
  fixture.words.setHealth(102, Health.up);
  assert.equal(fixture.weight(2), 0.1);
});
