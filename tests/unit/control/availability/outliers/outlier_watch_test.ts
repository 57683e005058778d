import assert from "node:assert/strict";
import { Board, Shared } from "../../../../../src/model/board.ts";
import { Health } from "../../../../../src/model/target_words.ts";
import { PassiveFixture } from "../passive_fixture.ts";

const DETECTION = { outlier_detection: { max_ejection_percent: 100 } };

Deno.test("a target that a thread ejected comes back when its time is over, and both are told", () => {
  const fixture = new PassiveFixture();
  fixture.take(DETECTION, [1, 2, 3]);
  fixture.eject(2);
  fixture.clock.advance(1_000);
  const { outliers } = fixture.passive;
  assert.deepEqual(outliers.status("web", 102), {
    cause: "consecutive_failures",
    since: new Date(1_700_000_000_250).toISOString(),
    until: new Date(1_700_000_030_250).toISOString(),
  });
  assert.deepEqual([outliers.total("web", 102), outliers.totals("web")], [1, { consecutive_failures: 1 }]);
  fixture.clock.advance(29_000);
  assert.equal(fixture.isOut(2), true);
  fixture.clock.advance(500);
  assert.equal(fixture.isOut(2), false);
  assert.equal(fixture.counted, 0);
  assert.deepEqual([outliers.status("web", 102), outliers.total("web", 102)], [null, 1]);
  assert.deepEqual(fixture.log.lines.map(({ ts: _, ...line }) => line), [{
    level: "warn",
    event: "target_ejected",
    message: "target ejected",
    app: "web",
    target: "10.0.0.2:80",
    cause: "consecutive_failures",
    for_ms: 30_000,
    ejections: 1,
  }, {
    level: "info",
    event: "target_returned",
    message: "target is back from its ejection",
    app: "web",
    target: "10.0.0.2:80",
    after_ms: 30_000,
  }]);
});

Deno.test("it comes back as what health checks found meanwhile", () => {
  const fixture = new PassiveFixture();
  fixture.take(DETECTION, [1, 2]);
  fixture.eject(2);
  fixture.found = Health.down;
  fixture.clock.advance(31_000);
  assert.equal(fixture.words.health(102), Health.down);
});

Deno.test("each ejection is longer than the one before; good time shortens the next", () => {
  const fixture = new PassiveFixture();
  fixture.take(DETECTION, [1, 2]);
  const lengths: unknown[] = [];
  const ejectAndWait = (): void => {
    fixture.eject(1);
    fixture.clock.advance(250);
    lengths.push(fixture.log.lines.at(-1)?.for_ms);
    while (fixture.isOut(1)) fixture.clock.advance(250);
  };
  for (let i = 0; i < 3; i++) ejectAndWait();
  // Three intervals of 10 s.
  fixture.clock.advance(30_000);
  ejectAndWait();
  assert.deepEqual(lengths, [30_000, 60_000, 90_000, 30_000]);
});

Deno.test("a rollout keeps ejections of targets that stay, and one that ends detection ends them", () => {
  const fixture = new PassiveFixture();
  fixture.take(DETECTION, [1, 2, 3]);
  fixture.eject(2);
  fixture.clock.advance(20_000);
  fixture.take(DETECTION, [2, 4]);
  fixture.clock.advance(5_000);
  assert.equal(fixture.isOut(2), true);
  fixture.clock.advance(6_000);
  assert.equal(fixture.isOut(2), false);

  fixture.eject(4);
  fixture.clock.advance(250);
  fixture.take({}, [2, 4]);
  fixture.clock.advance(250);
  assert.equal(fixture.isOut(4), false);
  // A session that began before may still eject it.
  fixture.eject(4);
  fixture.clock.advance(250);
  assert.deepEqual([fixture.isOut(4), fixture.counted], [false, 0]);
});

Deno.test("what is out comes back early when no other target is left", () => {
  const fixture = new PassiveFixture();
  fixture.take(DETECTION, [1, 2, 3]);
  fixture.eject(1);
  fixture.eject(2);
  fixture.clock.advance(1_000);
  assert.deepEqual([fixture.isOut(1), fixture.isOut(2)], [true, true]);
  fixture.words.setHealth(103, Health.down);
  fixture.clock.advance(250);
  assert.deepEqual([fixture.isOut(1), fixture.isOut(2)], [false, false]);
});

Deno.test("a count that a dead thread left behind is set right", () => {
  const fixture = new PassiveFixture();
  fixture.take(DETECTION, [1, 2, 3]);
  Atomics.add(fixture.board.words, Board.word(1, Shared.ejected), 1);
  fixture.clock.advance(2_500);
  assert.equal(fixture.counted, 0);
});

Deno.test("an ejected target that left the app is counted no more", () => {
  const fixture = new PassiveFixture();
  fixture.take(DETECTION, [1, 2, 3]);
  fixture.eject(3);
  fixture.clock.advance(1_000);
  fixture.take(DETECTION, [1, 2]);
  fixture.clock.advance(2_500);
  assert.equal(fixture.counted, 0);
});

Deno.test("rates eject at the end of an interval, within the share that may be out", () => {
  const fixture = new PassiveFixture();
  fixture.take({
    outlier_detection: { failure_percentage_threshold: 50, min_hosts: 2, max_ejection_percent: 50 },
  }, [1, 2, 3, 4]);
  for (const n of [1, 2, 3]) fixture.count(n, "connectFailures", 90 + n);
  for (const n of [1, 2, 3, 4]) fixture.count(n, "connections", 20);
  fixture.clock.advance(9_900);
  assert.equal(fixture.counted, 0);
  fixture.clock.advance(350);
  assert.deepEqual([1, 2, 3, 4].map((n) => fixture.isOut(n)), [false, true, true, false], "the worst two");
  assert.equal(fixture.passive.outliers.status("web", 103)?.cause, "failure_percentage");
  // What was counted once is not counted again.
  fixture.clock.advance(60_000);
  assert.equal(fixture.counted, 0);
});

Deno.test("nothing is watched for apps that do not ask for it", () => {
  const fixture = new PassiveFixture();
  fixture.take({}, [1, 2]);
  fixture.take({ outlier_detection: false, slow_start: false }, [1, 2]);
  assert.equal(fixture.clock.pendingTimers, 0);
});
