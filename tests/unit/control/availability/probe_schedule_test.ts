import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../../../src/base/random.ts";
import { ProbeSchedule } from "../../../../src/control/availability/probe_schedule.ts";
import { firstDelay, nextDelay, secondDelay } from "../../../../src/control/availability/probe_times.ts";
import {
  type HealthCheckConfig,
  mergeHealthCheck,
  probeTimeout,
} from "../../../../src/model/config_health.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { eventually } from "../../../kit/eventually.ts";

function check(changes: Partial<HealthCheckConfig> = {}): HealthCheckConfig {
  return { ...mergeHealthCheck(false, {})!, ...changes };
}

Deno.test("work starts when it is due, up to a tick before, and not when it was removed", () => {
  const clock = new FakeClock();
  const started: [string, number][] = [];
  const schedule = new ProbeSchedule<string>(clock, () => 9, (work) => {
    started.push([work, clock.now()]);
    return Promise.resolve();
  });
  schedule.at("b", 1_039);
  schedule.at("a", 100);
  schedule.at("gone", 500);
  schedule.at("c", 2_000);
  schedule.at("c", 700);
  schedule.remove("gone");
  clock.advance(5_000);
  assert.deepEqual(started, [["a", 100], ["c", 700], ["b", 1_020]]);
  schedule.at("late", 10);
  clock.advance(0);
  assert.deepEqual(started.at(-1), ["late", 5_000]);
  schedule.at("never", 6_000);
  schedule.close();
  clock.advance(9_000);
  assert.equal(started.length, 4);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("no more than the limit is under way; the others begin in their order as those end", async () => {
  const clock = new FakeClock();
  const running: PromiseWithResolvers<void>[] = [];
  const started: number[] = [];
  const schedule = new ProbeSchedule<number>(clock, () => 2, (work) => {
    started.push(work);
    const end = Promise.withResolvers<void>();
    running.push(end);
    return end.promise;
  });
  for (let work = 0; work < 5; work++) schedule.at(work, 20 * work);
  clock.advance(1_000);
  assert.deepEqual([started, schedule.waiting], [[0, 1], 3]);
  running[1]!.resolve();
  await eventually("the third", () => started.length === 3);
  running[0]!.resolve();
  running[2]!.resolve();
  await eventually("all", () => started.length === 5);
  assert.deepEqual(started, [0, 1, 2, 3, 4]);
  schedule.close();
});

Deno.test("a thousand targets that come together are spread over their interval, from the start on", () => {
  const one = check({ interval: 1_000 });
  const dues = Array.from({ length: 1_000 }, (_, n) => firstDelay(one, n, 1_000));
  const seconds = dues.map((at, n) => (at + secondDelay(one, n)) % 1_000);
  for (const times of [dues, seconds]) {
    const perTick = new Array<number>(50).fill(0);
    for (const at of times) perTick[Math.floor(at / 20)]!++;
    // 20 each would be even.
    assert.ok(Math.max(...perTick) <= 60, `${perTick}`);
  }
  assert.ok(Math.max(...dues.map((at) => at)) < 1_000);
});

Deno.test("chance only shortens an interval, by the jitter at most; a target that fails is asked at its own pace", () => {
  const random = seededRandom(7);
  const of = check({ interval: 1_000, unhealthy_interval: 300, no_traffic_interval: 9_000, jitter: 0.2 });
  const between = (value: number, least: number, most: number): boolean => value > least && value <= most;
  fc.assert(fc.property(fc.nat(), () => {
    assert.ok(between(nextDelay(of, { status: "up", against: 0 }, true, random), 799, 1_000));
    assert.ok(between(nextDelay(of, { status: "up", against: 1 }, false, random), 799, 1_000));
    assert.ok(between(nextDelay(of, { status: "up", against: 0 }, false, random), 7_199, 9_000));
    assert.ok(between(nextDelay(of, { status: "down", against: 0 }, false, random), 239, 300));
  }));
  assert.equal(probeTimeout(of), 300);
});
