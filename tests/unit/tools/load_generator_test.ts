import assert from "node:assert/strict";
import { LoadGenerator } from "../../../src/tools/load_generator.ts";
import type { LoadPlan } from "../../../src/tools/load_plan.ts";
import { LoadStats, type LoadSummary } from "../../../src/tools/load_stats.ts";
import { FakeClock } from "../../kit/fake_clock.ts";
import { type Act, ScriptedEngine, type ScriptedTarget } from "./scripted_engine.ts";

const REPLY = new TextEncoder().encode("hello");

const PLAN: LoadPlan = {
  address: { ip: "127.0.0.1", port: 1 },
  concurrency: 2,
  requests: 10,
  durationMs: 0,
  ratePerS: 0,
  keepAlive: true,
  timeoutMs: 1000,
  data: REPLY,
  replyBytes: REPLY.length,
  expected: null,
};

interface Outcome {
  readonly summary: LoadSummary;
  readonly engine: ScriptedEngine;
}

/** Runs a plan against an imagined target until it is done, or up to `untilMs`, when it is stopped. */
function run(changes: Partial<LoadPlan>, target: Partial<ScriptedTarget>, untilMs = 3_600_000): Outcome {
  const clock = new FakeClock();
  const engine = new ScriptedEngine(clock, { dialMs: () => 1, answer: () => answered(4), ...target });
  const stats = new LoadStats();
  let isDone = false;
  const generator = new LoadGenerator(engine, { ...PLAN, ...changes }, stats, () => clock.now(), () => {
    isDone = true;
  });
  generator.start();
  while (!isDone && clock.now() < untilMs) clock.advance(10);
  if (!isDone) generator.stop();
  assert.ok(isDone, "the generator says when it is done");
  assert.equal(clock.pendingTimers, 0, "no timer is left behind");
  assert.equal(engine.open, 0, "no connection is left open");
  return { summary: stats.summary(generator.elapsedMs, 0), engine };
}

function answered(afterMs: number): readonly Act[] {
  return [{ afterMs, data: REPLY }];
}

/** A time within what the histogram resolves. */
function isClose(actual: number | undefined, wanted: number): boolean {
  return actual !== undefined && Math.abs(actual - wanted) <= wanted * 0.002;
}

Deno.test("closed loop, keep-alive: requests follow each other on as many connections as are allowed", () => {
  const { summary, engine } = run({}, {});
  assert.equal(summary.completed, 10);
  assert.equal(summary.failed, 0);
  assert.equal(engine.dials, 2);
  // Five rounds of 4 ms; the connections were opened before.
  assert.equal(summary.elapsedMs, 20);
  assert.equal(summary.response.minMs, 4);
  assert.equal(summary.response.maxMs, 4);
  assert.equal(summary.dial.meanMs, 1);
  assert.equal(summary.bytesSent, 50);
  assert.equal(summary.bytesReceived, 50);
});

Deno.test("closed loop, a connection each: the response time includes the dial", () => {
  const { summary, engine } = run({ keepAlive: false }, {});
  assert.equal(summary.completed, 10);
  assert.equal(engine.dials, 10);
  assert.equal(summary.elapsedMs, 25);
  assert.equal(summary.response.minMs, 5);
});

Deno.test("no more connections than requests are opened", () => {
  assert.equal(run({ concurrency: 50, requests: 3 }, {}).engine.dials, 3);
});

Deno.test("a duration ends the starts, and what was started ends as it would have", () => {
  const { summary } = run({ requests: 0, durationMs: 100 }, {});
  assert.equal(summary.completed, 50);
  assert.equal(summary.elapsedMs, 100);
});

Deno.test("open loop keeps its rate", () => {
  const { summary } = run({ requests: 0, durationMs: 1000, ratePerS: 200 }, {});
  assert.equal(summary.completed, 200);
  assert.ok(Math.abs(summary.elapsedMs - 1000) < 10, `took ${summary.elapsedMs} ms`);
  assert.ok(isClose(summary.response.maxMs, 4), "a timer that is late is not charged to the target");
});

Deno.test("open loop: a stall counts for every request that should have been sent meanwhile", () => {
  // One connection, 100 requests a second, each answered in 1 ms; but number 50 takes 500 ms.
  const target = { answer: (request: number) => answered(request === 50 ? 500 : 1) };
  const { summary } = run(
    { concurrency: 1, requests: 0, durationMs: 1000, ratePerS: 100, timeoutMs: 5000 },
    target,
  );
  assert.equal(summary.completed, 100);
  // Those due during the stall waited for 490, 480, ... ms: half of all.
  const p75 = summary.response.percentilesMs["p75"] ?? 0;
  assert.ok(p75 > 200 && p75 < 300, JSON.stringify(summary.response));
  assert.ok((summary.response.percentilesMs["p99"] ?? 0) > 480, JSON.stringify(summary.response));
  // In closed loop the same stall hides behind the 99 quick answers.
  const hidden = run({ concurrency: 1, requests: 1000 }, target).summary;
  assert.ok((hidden.response.percentilesMs["p99"] ?? 999) < 2, JSON.stringify(hidden.response));
});

Deno.test("open loop: what finds no free connection until its time is up is counted as not sent", () => {
  const target = { answer: () => [] };
  const { summary } = run({ concurrency: 1, requests: 30, ratePerS: 10, timeoutMs: 1000 }, target);
  assert.equal(summary.completed, 0);
  assert.equal(summary.failed, 30);
  const kinds = Object.fromEntries(summary.failures.map(({ kind, count }) => [kind, count]));
  assert.ok((kinds["not_sent"] ?? 0) > 0 && (kinds["reply_timeout"] ?? 0) > 0, JSON.stringify(kinds));
});

Deno.test("a reply in pieces, and one that is longer, count once", () => {
  const pieces = [
    { afterMs: 1, data: REPLY.subarray(0, 2) },
    { afterMs: 2, data: REPLY.subarray(2) },
    { afterMs: 2, data: REPLY },
  ];
  const { summary } = run({ concurrency: 1 }, { answer: () => pieces });
  assert.equal(summary.completed, 10);
  assert.equal(summary.failed, 0);
});

Deno.test("every kind of failure is counted by its name", () => {
  const cases: readonly [string, Partial<ScriptedTarget>, Partial<LoadPlan>?][] = [
    ["refused", { dialMs: () => null }],
    ["dial_timeout", { dialMs: () => 1e7 }],
    ["reply_timeout", { answer: () => [] }],
    ["reply_timeout", { answer: () => [{ afterMs: 1, data: REPLY.subarray(1) }] }],
    ["short_reply", { answer: () => [{ afterMs: 1, data: REPLY.subarray(1) }, { afterMs: 2, end: true }] }],
    ["no_reply", { answer: () => [{ afterMs: 1, end: true }] }],
    ["reset", { answer: () => [{ afterMs: 1, reset: true }] }],
    ["wrong_reply", {}, { expected: new TextEncoder().encode("hullo") }],
    ["wrong_reply", { answer: () => [{ afterMs: 1, data: new Uint8Array(6) }] }, {
      expected: new Uint8Array(5),
    }],
  ];
  for (const [kind, target, changes] of cases) {
    for (const keepAlive of [true, false]) {
      const { summary } = run({ keepAlive, ...changes }, target);
      assert.equal(summary.completed, 0, kind);
      assert.deepEqual(summary.failures.map((failure) => [failure.kind, failure.count]), [[kind, 10]]);
    }
  }
});

Deno.test("bytes that come too early spoil the next request where replies are compared, and only there", () => {
  // The second reply of each pair comes while the connection is idle.
  const target = { answer: () => [{ afterMs: 1, data: REPLY }, { afterMs: 3, data: REPLY }] };
  const plan = { concurrency: 1, requests: 4, ratePerS: 100, keepAlive: true };
  assert.equal(run(plan, target).summary.failed, 0);
  const strict = run({ ...plan, expected: REPLY }, target).summary;
  assert.ok(strict.failures.some(({ kind }) => kind === "wrong_reply"), JSON.stringify(strict.failures));
});

Deno.test("a connection that the target closes while it is idle is opened again, and nothing fails", () => {
  const target = { answer: () => [{ afterMs: 1, data: REPLY }, { afterMs: 2, end: true as const }] };
  const { summary, engine } = run({ concurrency: 1, requests: 4, ratePerS: 100 }, target);
  assert.equal(summary.completed, 4);
  assert.equal(summary.failed, 0);
  assert.ok(engine.dials >= 4, `${engine.dials} dials`);
});

Deno.test("a dead target is not hammered", () => {
  const { summary } = run({ requests: 0, durationMs: 1000 }, { dialMs: () => null });
  assert.ok(summary.failed > 50 && summary.failed <= 250, `${summary.failed} failures in a second`);
});

Deno.test("a stop counts what was done, and what is under way nowhere", () => {
  const { summary } = run({ requests: 0, durationMs: 1e6 }, { answer: () => answered(40) }, 100);
  assert.equal(summary.failed, 0);
  assert.equal(summary.completed, 4);
  assert.ok(summary.elapsedMs > 0 && summary.elapsedMs <= 100);
});

Deno.test("the throughput adds up to the requests answered", () => {
  const { summary } = run({ requests: 0, durationMs: 1000 }, {});
  assert.equal(summary.throughput.reduce((sum, count) => sum + count, 0), summary.completed);
  assert.ok(summary.throughput.length >= 10);
});
