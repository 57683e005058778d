import assert from "node:assert/strict";
import { FakeThread } from "../../kit/fake_thread.ts";
import { app, target } from "../../kit/snapshots.ts";

const WEB = 1;

function thread(policy: NonNullable<Parameters<typeof app>[0]>["policy"] = {}, seed = 1): FakeThread {
  const fake = new FakeThread({ seed });
  fake.apply([app({ policy })]);
  return fake;
}

function reset(fake: FakeThread): unknown {
  return fake.engine.relayed.ended;
}

Deno.test("a session without a byte ends after idle_timeout", () => {
  const fake = thread({ idleTimeoutMs: 10_000 });
  fake.relayed();
  fake.clock.advance(9_999);
  assert.equal(reset(fake), null);
  fake.clock.advance(1);
  assert.equal(reset(fake), "stopped_close");
  assert.deepEqual(fake.reasons(), ["idle_timeout"]);
  fake.assertAllGone();
});

Deno.test("every byte puts the idle end off, either way", () => {
  const fake = thread({ idleTimeoutMs: 10_000 });
  fake.relayed();
  for (let i = 0; i < 10; i++) {
    fake.clock.advance(9_000);
    fake.engine.relayed.move(i % 2, 1 - i % 2);
  }
  fake.clock.advance(9_999);
  assert.equal(reset(fake), null);
  fake.clock.advance(1);
  assert.equal(reset(fake), "stopped_close");
});

Deno.test("0 means no idle end, and no timer is left waiting", () => {
  const fake = thread({ idleTimeoutMs: 0, halfCloseTimeoutMs: 0 });
  fake.relayed();
  assert.equal(fake.clock.pendingTimers, 0);
  fake.clock.advance(10_000_000);
  fake.engine.relayed.halfClose("client");
  fake.clock.advance(10_000_000);
  assert.equal(reset(fake), null);
});

Deno.test("a half-closed session has its own, shorter time", () => {
  const fake = thread({ idleTimeoutMs: 100_000, halfCloseTimeoutMs: 10_000 });
  fake.relayed();
  fake.clock.advance(1_000);
  fake.engine.relayed.halfClose("client");
  fake.clock.advance(9_000);
  fake.engine.relayed.move(0, 100);
  fake.clock.advance(9_999);
  assert.equal(reset(fake), null);
  fake.clock.advance(1);
  assert.equal(reset(fake), "stopped_close");
  assert.deepEqual(fake.reasons(), ["idle_timeout"]);
});

Deno.test("the half-close time begins with the half-close, also after a long silence", () => {
  const fake = thread({ idleTimeoutMs: 100_000, halfCloseTimeoutMs: 10_000 });
  fake.relayed();
  fake.clock.advance(60_000);
  fake.engine.relayed.halfClose("client");
  fake.clock.advance(9_999);
  assert.equal(reset(fake), null);
  fake.clock.advance(1);
  assert.equal(reset(fake), "stopped_close");
});

Deno.test("a half-close time that is longer than the idle time is kept", () => {
  const fake = thread({ idleTimeoutMs: 1_000, halfCloseTimeoutMs: 50_000 });
  fake.relayed();
  fake.engine.relayed.halfClose("target");
  fake.clock.advance(49_999);
  assert.equal(reset(fake), null);
});

Deno.test("max_connection_duration ends a busy session", () => {
  const fake = thread({ maxConnectionDurationMs: 5_000 });
  fake.client();
  fake.clock.advance(1_000);
  fake.engine.attempt.open();
  for (let i = 0; i < 3; i++) {
    fake.clock.advance(1_000);
    fake.engine.relayed.move(1, 1);
  }
  fake.clock.advance(999);
  assert.equal(reset(fake), null);
  fake.clock.advance(1);
  assert.deepEqual(fake.reasons(), ["max_duration"]);
});

Deno.test("a relay that ends tells who ended it", () => {
  const fake = thread();
  for (const end of ["done", "client_reset", "target_reset"] as const) {
    fake.relayed();
    fake.engine.relayed.finish(end);
  }
  assert.deepEqual(fake.reasons(), ["done", "client_abort", "target_abort"]);
  fake.assertAllGone();
});

Deno.test("a drain ends quiet sessions spread over drain_timeout", () => {
  const fake = thread({ drainTimeoutMs: 20_000 });
  for (let i = 0; i < 400; i++) fake.relayed();
  fake.clock.advance(5_000);
  fake.thread.handle({ type: "drain" });
  const perSecond = Array.from({ length: 20 }, () => {
    const before = fake.closed(WEB, "drain");
    fake.clock.advance(1_000);
    return fake.closed(WEB, "drain") - before;
  });
  assert.equal(perSecond.reduce((sum, count) => sum + count, 0), 400);
  assert.ok(Math.max(...perSecond) < 50 && Math.min(...perSecond) > 5, perSecond.join(" "));
  assert.equal(fake.reported("stopped").length, 1);
  fake.assertAllGone();
});

Deno.test("a drain leaves a busy session alone until drain_timeout is over", () => {
  const fake = thread({ drainTimeoutMs: 20_000 });
  fake.relayed();
  fake.thread.handle({ type: "drain" });
  for (let ms = 500; ms < 20_000; ms += 500) {
    fake.clock.advance(500);
    fake.engine.relayed.move(0, 1_000);
  }
  assert.equal(reset(fake), null);
  fake.clock.advance(500);
  assert.equal(reset(fake), "stopped_close");
  assert.deepEqual(fake.reasons(), ["drain"]);
});

Deno.test("a drained session that becomes quiet ends within a second or two", () => {
  const fake = thread({ drainTimeoutMs: 60_000 });
  fake.relayed();
  fake.thread.handle({ type: "drain" });
  for (let ms = 0; ms < 55_000; ms += 500) {
    fake.engine.relayed.move(0, 1);
    fake.clock.advance(500);
  }
  assert.equal(reset(fake), null);
  fake.clock.advance(2_000);
  assert.equal(reset(fake), "stopped_close");
});

Deno.test("a session that ends by itself during a drain is no drain", () => {
  const fake = thread();
  fake.relayed();
  fake.thread.handle({ type: "drain" });
  fake.engine.relayed.finish("done");
  assert.deepEqual(fake.reasons(), ["done"]);
  fake.clock.advance(60_000);
  assert.equal(fake.reported("stopped").length, 1);
});

Deno.test("drain_timeout 0 ends every session at once", () => {
  const fake = thread({ drainTimeoutMs: 0 });
  fake.relayed();
  fake.client();
  fake.thread.handle({ type: "drain" });
  assert.equal(fake.closed(WEB, "drain"), 2);
});

Deno.test("a drain does not wait for a connect time-out that is longer", () => {
  const fake = thread({ connectTimeoutMs: 60_000, drainTimeoutMs: 2_000 });
  const client = fake.client();
  fake.clock.advance(1_000);
  fake.thread.handle({ type: "drain" });
  fake.clock.advance(1_999);
  assert.equal(client.ended, null);
  fake.clock.advance(1);
  assert.equal(client.ended, "reset");
  assert.equal(fake.engine.attempt.outcome, "cancelled");
  assert.deepEqual(fake.reasons(), ["drain"]);
  fake.assertAllGone();
});

Deno.test("a session that connects during a drain is served, then drained", () => {
  const fake = thread({ drainTimeoutMs: 5_000 });
  fake.client();
  fake.thread.handle({ type: "drain" });
  fake.clock.advance(100);
  fake.engine.attempt.open();
  assert.equal(reset(fake), null);
  fake.clock.advance(4_900);
  assert.deepEqual(fake.reasons(), ["drain"]);
});

Deno.test("sessions from the queue of a draining thread are drained too", () => {
  const fake = thread({ drainTimeoutMs: 5_000 });
  const listener = fake.engine.listener(5001);
  fake.relayed();
  fake.thread.handle({ type: "drain" });
  listener.client();
  fake.engine.attempt.open();
  fake.clock.advance(5_010);
  assert.equal(fake.closed(WEB, "drain"), 2);
  assert.equal(fake.reported("stopped").length, 1);
});

Deno.test("no timer outlives its session", () => {
  const fake = thread({ maxConnectionDurationMs: 1_000_000 });
  for (let i = 0; i < 5; i++) fake.relayed();
  for (const relay of fake.engine.relays) {
    relay.halfClose("client");
    relay.finish("done");
  }
  fake.client();
  for (let i = 0; i < 3; i++) fake.engine.attempt.fail();
  fake.records();
  assert.equal(fake.clock.pendingTimers, 0);
});

Deno.test("sessions keep the policy that they started under", () => {
  const fake = thread({ idleTimeoutMs: 10_000 });
  fake.relayed();
  fake.apply([app({ policy: { idleTimeoutMs: 1_000 }, targets: [target(1), target(2)] })]);
  fake.clock.advance(9_999);
  assert.equal(reset(fake), null);
  fake.clock.advance(1);
  assert.equal(reset(fake), "stopped_close");
});
