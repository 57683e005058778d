import assert from "node:assert/strict";
import type { AppCondition } from "../../../../../src/control/daemon/app_condition.ts";
import type { Sample } from "../../../../../src/control/telemetry/samples/sample.ts";
import { type SampleFollower, Samples } from "../../../../../src/control/telemetry/samples/samples.ts";
import { Board, Counter } from "../../../../../src/model/board.ts";
import { CLOSE_REASONS, type CloseReason } from "../../../../../src/model/close_reason.ts";
import { HISTOGRAMS, observe } from "../../../../../src/model/histograms.ts";
import type { AppSnapshot } from "../../../../../src/model/snapshot.ts";
import { Admin, TargetWords } from "../../../../../src/model/target_words.ts";
import { ThreadMemory } from "../../../../../src/model/thread_memory.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { FakeMemory } from "../../../../kit/fake_memory.ts";
import { app, target } from "../../../../kit/snapshots.ts";

const READY: AppCondition = {
  state: "ready",
  ready: true,
  available: 1,
  min_available: 1,
  fails_open: false,
};

/** Samples of apps that a test makes up. */
class Fixture {
  readonly clock = new FakeClock();
  readonly memory = new FakeMemory();
  readonly words = new TargetWords(this.memory.board);
  apps: AppSnapshot[] = [
    app({ name: "web", slot: 1, targets: [target(1)] }),
    app({ name: "db", slot: 2, ports: [5002], targets: [target(2)] }),
  ];
  readonly conditions = new Map<string, AppCondition>();
  /** How often apps were asked for. */
  looks = 0;
  readonly samples = new Samples(this.clock, {
    totals: this.memory.totals,
    words: this.words,
    apps: () => {
      this.looks++;
      return this.apps;
    },
    conditionOf: ({ name }) => this.conditions.get(name) ?? READY,
    proxy: () => ({ revision: 4, serves: true, connections: 9 }),
  });

  add(slot: number, counter: number, amount = 1): void {
    this.memory.counters[Board.counter(slot, counter)]! += amount;
  }

  ended(slot: number, reason: CloseReason, count: number): void {
    this.add(slot, Counter.closed + CLOSE_REASONS.indexOf(reason), count);
  }

  connected(slot: number, ms: number): void {
    const { counters } = this.memory;
    observe(counters, new ThreadMemory(counters).histograms(slot), HISTOGRAMS.connect, ms);
  }

  /** Lets time pass; then what waits for it goes on. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settle();
  }
}

/** Lets all promises that can go on do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

async function read(follower: SampleFollower): Promise<Sample> {
  return JSON.parse(await follower.next() ?? "null");
}

Deno.test("the first sample comes at once and has all apps; later ones have rates, of those that changed", async () => {
  const fixture = new Fixture();
  const follower = fixture.samples.follow(500, []);
  const first = await read(follower);
  assert.deepEqual([first.seconds, first.complete, Object.keys(first.apps)], [0, true, ["web", "db"]]);
  assert.equal(first.bounds_ms?.connect.length, HISTOGRAMS.connect.boundsMs.length);
  assert.deepEqual([first.proxy.revision, first.proxy.ready, first.proxy.connections_active], [4, true, 9]);
  fixture.add(1, Counter.connections, 20);
  fixture.add(1, Counter.held, 3);
  fixture.add(1, Counter.bytesOut, 1_000);
  fixture.ended(1, "done", 5);
  fixture.ended(1, "connect_failed", 2);
  for (let n = 0; n < 10; n++) fixture.connected(1, 0.8);
  await fixture.pass(500);
  const second = await read(follower);
  assert.deepEqual([second.seconds, second.complete, Object.keys(second.apps)], [0.5, false, ["web"]]);
  assert.equal(second.time, new Date(1_700_000_000_500).toISOString());
  const { web } = second.apps;
  assert.ok(web !== undefined);
  assert.deepEqual(
    [web.connections_per_second, web.connections_active, web.bytes_out_per_second, web.errors_per_second],
    [40, 3, 2_000, 4],
  );
  assert.deepEqual([web.connect_ms, web.first_byte_ms], [{ p50: 0.75, p90: 0.95, p99: 0.995 }, null]);
  assert.deepEqual(
    [second.proxy.connections_per_second, second.proxy.errors_per_second, second.bounds_ms],
    [40, 4, undefined],
  );
  assert.deepEqual([second.proxy.reasons, second.proxy.connect_ms], [{ connect_failed: 2 }, web.connect_ms]);
  assert.equal(second.proxy.connect_counts.reduce((sum, count) => sum + count, 0), 10);
  // Back to nothing is a change, and then there is none.
  await fixture.pass(500);
  assert.equal((await read(follower)).apps["web"]?.connections_per_second, 0);
  await fixture.pass(500);
  assert.deepEqual((await read(follower)).apps, {});
  follower.close();
});

Deno.test("a changed state is a change; an app that goes is told of, one that comes back begins anew", async () => {
  const fixture = new Fixture();
  const follower = fixture.samples.follow(1_000, []);
  await read(follower);
  fixture.conditions.set("db", { ...READY, state: "failed", ready: false, available: 0 });
  await fixture.pass(1_000);
  const failed = await read(follower);
  assert.deepEqual([failed.apps["db"]?.state, failed.apps["db"]?.targets_available], ["failed", 0]);
  assert.deepEqual([failed.proxy.ready, failed.apps["web"]], [false, undefined]);
  const [web, db] = fixture.apps;
  fixture.apps = [web!];
  await fixture.pass(1_000);
  assert.deepEqual((await read(follower)).removed, ["db"]);
  fixture.conditions.clear();
  fixture.add(7, Counter.connections, 1_000);
  fixture.apps = [web!, { ...db!, slot: 7 }];
  await fixture.pass(1_000);
  const back = await read(follower);
  assert.deepEqual([back.apps["db"]?.connections_per_second, back.removed], [0, []]);
  follower.close();
});

Deno.test("details are of the apps that a follower names, also between two samples", async () => {
  const fixture = new Fixture();
  const one = fixture.samples.follow(1_000, ["web"]);
  const other = fixture.samples.follow(1_000, ["db", "nobody"]);
  assert.deepEqual(Object.keys((await read(one)).details), ["web"]);
  assert.deepEqual(Object.keys((await read(other)).details), ["db"]);
  const targetSlot = fixture.apps[0]!.targets[0]!.slot;
  fixture.add(targetSlot, Counter.connections, 6);
  fixture.add(targetSlot, Counter.connectFailures, 2);
  fixture.ended(1, "done", 4);
  fixture.connected(1, 0.1);
  fixture.words.setAdmin(targetSlot, Admin.drain);
  await fixture.pass(1_000);
  const { web } = (await read(one)).details;
  assert.deepEqual(web?.reasons, { done: 4 });
  assert.equal(web?.connect_counts[0], 1);
  assert.deepEqual(web?.targets, {
    "10.0.0.1:80": {
      connections_active: 0,
      connections_per_second: 6,
      bytes_in_per_second: 0,
      bytes_out_per_second: 0,
      requests_per_second: 0,
      failures_per_second: 2,
      available: false,
      health: "unknown",
      admin: "drain",
      weight: 1,
    },
  });
  assert.deepEqual(Object.keys(web?.listeners ?? {}), ["127.0.0.1:5001"]);
  const late = fixture.samples.follow(1_000, ["db", "web"]);
  const { details, complete } = await read(late);
  assert.deepEqual([Object.keys(details), complete], [["db", "web"], true]);
  for (const follower of [one, other, late]) follower.close();
});

Deno.test("who misses a sample gets all apps again, and nothing waits for it", async () => {
  const fixture = new Fixture();
  const follower = fixture.samples.follow(500, []);
  await read(follower);
  await fixture.pass(500);
  await fixture.pass(500);
  const late = await read(follower);
  assert.deepEqual([late.complete, Object.keys(late.apps)], [true, ["web", "db"]]);
  const waiting = follower.next();
  follower.close();
  assert.equal(await waiting, null);
});

Deno.test("followers of one interval share its samples, and nothing runs for nobody", async () => {
  const fixture = new Fixture();
  assert.deepEqual([fixture.clock.pendingTimers, fixture.looks], [0, 0]);
  const followers = [500, 500, 1_000].map((intervalMs) => fixture.samples.follow(intervalMs, []));
  await settle();
  assert.deepEqual([fixture.samples.intervals, fixture.looks], [[500, 1_000], 2]);
  await fixture.pass(500);
  assert.equal(fixture.looks, 3);
  followers[0]?.close();
  followers[0]?.close();
  followers[2]?.close();
  assert.deepEqual(fixture.samples.intervals, [500]);
  followers[1]?.close();
  assert.deepEqual([fixture.samples.intervals, fixture.clock.pendingTimers], [[], 0]);
});
