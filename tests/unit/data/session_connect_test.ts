import assert from "node:assert/strict";
import { DESCRIPTOR_WAIT_MS } from "../../../src/base/limits.ts";
import { app, target } from "../../kit/snapshots.ts";
import { FakeThread } from "../../kit/fake_thread.ts";

const WEB = 1;

function thread(parts: Parameters<typeof app>[0] = {}): FakeThread {
  const fake = new FakeThread();
  fake.apply([app(parts)]);
  return fake;
}

/** Addresses that were tried, in order. */
function tried(fake: FakeThread): string[] {
  return fake.engine.attempts.map((attempt) => attempt.address.ip);
}

Deno.test("the first target takes the session; its record tells the whole story", () => {
  const fake = thread({ revision: 7 });
  fake.client();
  fake.clock.advance(12);
  fake.engine.attempt.open();
  fake.clock.advance(30);
  fake.engine.relayed.move(10, 0);
  fake.clock.advance(8);
  fake.engine.relayed.move(0, 2_000);
  fake.clock.advance(50);
  fake.engine.relayed.finish("done");
  assert.deepEqual(fake.records(), [{
    ts: new Date(1_700_000_000_100).toISOString(),
    id: "0-0",
    app: "web",
    listener: "127.0.0.1:5001",
    client_addr: "203.0.113.7:40000",
    target: "10.0.0.1:80",
    attempts: 1,
    tried: [],
    connect_ms: 12,
    first_byte_ms: 50,
    duration_ms: 100,
    bytes_in: 10,
    bytes_out: 2_000,
    revision: 7,
    picked_by: "round_robin",
    close_reason: "done",
  }]);
  assert.equal(fake.sum(WEB, "bytesIn"), 10);
  assert.equal(fake.sum(101, "bytesOut"), 2_000);
  assert.equal(fake.sum(WEB, "connections"), 1);
  assert.equal(fake.sum(1001, "connections"), 1);
  assert.equal(fake.sum(101, "connections"), 1);
  fake.assertAllGone();
});

Deno.test("a refused session goes to the next target, and the record names the one that failed", () => {
  const fake = thread();
  fake.client();
  fake.engine.attempt.fail("refused");
  fake.engine.attempt.open();
  fake.engine.relayed.finish("done");
  const [record] = fake.records();
  assert.deepEqual([record?.target, record?.attempts, record?.tried], ["10.0.0.2:80", 2, ["10.0.0.1:80"]]);
  assert.equal(fake.sum(WEB, "retries"), 1);
  assert.equal(fake.sum(101, "connectFailures"), 1);
  assert.equal(fake.sum(101, "connectAttempts"), 1);
  assert.equal(fake.sum(101, "connections"), 0);
  assert.equal(fake.sum(102, "connections"), 1);
  fake.assertAllGone();
});

Deno.test("a target that goes down while it is connected to is given up for the next one", () => {
  const fake = thread();
  fake.client();
  const [first] = fake.engine.attempts;
  fake.thread.handle({ type: "target_down", slots: [102] });
  assert.equal(first?.outcome, null);
  fake.thread.handle({ type: "target_down", slots: [101, 103] });
  assert.equal(first?.outcome, "cancelled");
  assert.deepEqual(tried(fake), ["10.0.0.1", "10.0.0.2"]);
  fake.engine.attempt.open();
  fake.thread.handle({ type: "target_down", slots: [101] });
  fake.engine.relayed.finish("done");
  const [record] = fake.records();
  assert.deepEqual([record?.target, record?.tried, record?.close_reason], [
    "10.0.0.2:80",
    ["10.0.0.1:80"],
    "done",
  ]);
  assert.equal(fake.sum(101, "connectFailures"), 0);
  fake.assertAllGone();
});

Deno.test("a client whose last target goes down while it is connected to is turned away", () => {
  const fake = thread({ targets: [target(1)] });
  const client = fake.client();
  fake.thread.handle({ type: "target_down", slots: [101] });
  assert.equal(client.ended, "reset");
  assert.equal(fake.closed(WEB, "connect_failed"), 1);
  fake.assertAllGone();
});

Deno.test("no target is tried twice, and the client is reset when all have failed", () => {
  const fake = thread({ policy: { maxAttempts: 9 } });
  const client = fake.client();
  for (let i = 0; i < 3; i++) fake.engine.attempt.fail("refused");
  assert.deepEqual(tried(fake), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  assert.equal(client.ended, "reset");
  const [record] = fake.records();
  assert.deepEqual([record?.target, record?.attempts, record?.close_reason], [null, 3, "connect_failed"]);
  assert.deepEqual([record?.connect_ms, record?.first_byte_ms], [null, null]);
  fake.assertAllGone();
});

Deno.test("max_attempts ends the search", () => {
  const fake = thread({ policy: { maxAttempts: 2 } });
  const client = fake.client();
  fake.engine.attempt.fail();
  fake.engine.attempt.fail();
  assert.equal(tried(fake).length, 2);
  assert.equal(client.ended, "reset");
  assert.equal(fake.closed(WEB, "connect_failed"), 1);
});

Deno.test("one deadline is for all attempts, shared evenly among those that are left", () => {
  const fake = thread({ policy: { connectTimeoutMs: 6_000 } });
  const client = fake.client();
  assert.equal(fake.engine.attempt.options.timeoutMs, 2_000);
  fake.clock.advance(2_000);
  assert.equal(fake.engine.attempt.options.timeoutMs, 2_000);
  fake.clock.advance(500);
  fake.engine.attempt.fail();
  assert.equal(fake.engine.attempt.options.timeoutMs, 3_500);
  fake.clock.advance(3_499);
  assert.equal(client.ended, null);
  fake.clock.advance(1);
  assert.equal(client.ended, "reset");
  assert.equal(fake.records()[0]?.duration_ms, 6_000);
});

Deno.test("attempt_timeout bounds each attempt, and the deadline bounds the last", () => {
  const fake = thread({ policy: { connectTimeoutMs: 5_000, attemptTimeoutMs: 3_000 } });
  const client = fake.client();
  assert.equal(fake.engine.attempt.options.timeoutMs, 3_000);
  fake.clock.advance(3_000);
  assert.equal(fake.engine.attempt.options.timeoutMs, 2_000);
  fake.clock.advance(2_000);
  assert.equal(client.ended, "reset");
  assert.equal(tried(fake).length, 2);
});

Deno.test("a target with many silent addresses does not stretch the deadline", () => {
  const addresses = [1, 2, 3, 4, 5].map((n) => ({ ip: `10.9.0.${n}`, port: 80 }));
  const fake = thread({ targets: [target(1, { addresses })], policy: { connectTimeoutMs: 1_000 } });
  const client = fake.client();
  fake.clock.advance(999);
  assert.equal(tried(fake).length, 5);
  assert.equal(client.ended, null);
  fake.clock.advance(2);
  assert.equal(client.ended, "reset");
});

Deno.test("a failure of our own ends the session at once", () => {
  const fake = thread();
  const client = fake.client();
  fake.engine.attempt.fail("denied");
  assert.equal(tried(fake).length, 1);
  assert.equal(client.ended, "reset");
  assert.deepEqual(fake.reasons(), ["connect_failed"]);
  fake.assertAllGone();
});

Deno.test("without a descriptor the same target is tried again, until one is free", () => {
  const fake = thread({ targets: [target(1), target(2)] });
  const client = fake.client();
  for (let i = 0; i < 3; i++) {
    fake.engine.attempt.fail("exhausted");
    assert.equal(client.ended, null);
    fake.clock.advance(DESCRIPTOR_WAIT_MS);
  }
  assert.equal(tried(fake).length, 4);
  fake.engine.attempt.open();
  fake.engine.relayed.finish("done");
  const [record] = fake.records();
  assert.deepEqual([record?.close_reason, record?.attempts, record?.tried], ["done", 1, []]);
  fake.assertAllGone();
});

Deno.test("without a descriptor until the deadline the session ends with resource", () => {
  const fake = thread({ policy: { connectTimeoutMs: 200 } });
  const client = fake.client();
  for (let i = 0; i < 10 && client.ended === null; i++) {
    fake.engine.attempt.fail("exhausted");
    fake.clock.advance(DESCRIPTOR_WAIT_MS);
  }
  assert.equal(client.ended, "reset");
  assert.deepEqual(fake.reasons(), ["resource"]);
  fake.assertAllGone();
});

Deno.test("no target at all ends the session with no_target", () => {
  const fake = thread({ targets: [target(1, { weight: 0 }), target(2, { addresses: [] })] });
  const client = fake.client();
  assert.equal(client.ended, "reset");
  const [record] = fake.records();
  assert.deepEqual([record?.close_reason, record?.attempts, record?.target], ["no_target", 0, null]);
  fake.assertAllGone();
});

Deno.test("a backup is used when nothing else is left, also for a session whose other targets just failed", () => {
  const fake = thread({ targets: [target(1), target(2, { backup: true }), target(3)] });
  for (let i = 0; i < 4; i++) fake.relayed();
  assert.deepEqual(tried(fake), ["10.0.0.1", "10.0.0.3", "10.0.0.1", "10.0.0.3"]);
  fake.client();
  fake.engine.attempt.fail();
  fake.engine.attempt.fail();
  assert.equal(tried(fake).at(-1), "10.0.0.2");
});

Deno.test("backups take turns, however many targets fail before them", () => {
  const backup = { backup: true };
  const fake = thread({
    targets: [target(1), target(2), target(3, backup), target(4, backup), target(5, backup)],
    policy: { maxAttempts: 9 },
  });
  const served: string[] = [];
  for (let i = 0; i < 6; i++) {
    fake.client();
    fake.engine.attempt.fail();
    fake.engine.attempt.fail();
    served.push(fake.engine.attempt.address.ip);
    fake.engine.attempt.open();
  }
  assert.deepEqual(served.map((ip) => ip.at(-1)), ["3", "4", "5", "3", "4", "5"]);
});

Deno.test("max_connections of the app turns further clients away, with a record of its own", () => {
  const fake = thread({ policy: { maxConnections: 2 } });
  fake.relayed();
  fake.relayed();
  const third = fake.client();
  assert.equal(third.ended, "reset");
  assert.equal(fake.open, 2);
  const [record] = fake.records();
  assert.deepEqual([record?.close_reason, record?.target, record?.attempts], ["limit", null, 0]);
  assert.equal(fake.sum(WEB, "connections"), 3);
  fake.engine.relays[0]?.finish("done");
  fake.relayed();
  fake.engine.relays[1]?.finish("done");
  fake.engine.relays[2]?.finish("done");
  assert.deepEqual(fake.reasons(), ["limit", "done", "done", "done"]);
  fake.assertAllGone();
});

Deno.test("max_connections of the app counts clients that are still being connected", () => {
  const fake = thread({ policy: { maxConnections: 1 } });
  fake.client();
  assert.equal(fake.client().ended, "reset");
});

Deno.test("max_connections of a target sends sessions elsewhere, and is given back", () => {
  const fake = thread({ targets: [target(1, { maxConnections: 1 }), target(2, { maxConnections: 2 })] });
  for (let i = 0; i < 3; i++) fake.relayed();
  assert.deepEqual(tried(fake), ["10.0.0.1", "10.0.0.2", "10.0.0.2"]);
  assert.equal(fake.client().ended, "reset");
  assert.equal(fake.closed(WEB, "no_target"), 1);
  fake.engine.relays[0]?.finish("done");
  fake.client();
  assert.equal(tried(fake).at(-1), "10.0.0.1");
  fake.engine.attempt.fail();
  assert.equal(fake.sum(101, "held"), 0);
});

Deno.test("max_connections of app and target hold over all threads", () => {
  const one = new FakeThread();
  const two = one.sibling();
  const web = app({ targets: [target(1, { maxConnections: 1 }), target(2)], policy: { maxConnections: 3 } });
  one.apply([web]);
  two.apply([web]);
  one.relayed();
  two.relayed();
  two.relayed();
  assert.deepEqual([...tried(one), ...tried(two)], ["10.0.0.1", "10.0.0.2", "10.0.0.2"]);
  assert.equal(one.client().ended, "reset");
  assert.equal(one.closed(WEB, "limit"), 1);
  two.engine.relays[0]?.finish("done");
  assert.equal(one.client().ended, null);
});

Deno.test("ids are unique over threads, and over a thread that takes a dead one's place", () => {
  const one = new FakeThread();
  const two = one.sibling();
  const again = one.sibling();
  const ids = [one, two, again].flatMap((fake) => {
    fake.apply([app()]);
    fake.relayed();
    fake.relayed();
    for (const relay of fake.engine.relays) relay.finish("done");
    return fake.records().map((record) => record.id);
  });
  assert.equal(new Set(ids).size, 6, ids.join(" "));
});

Deno.test("records are sampled, counters are not", () => {
  const fake = thread({ policy: { accessLogSample: 0.25 } });
  for (let i = 0; i < 1_000; i++) {
    fake.relayed();
    fake.engine.relayed.finish("done");
  }
  const written = fake.records().length;
  assert.ok(written > 200 && written < 300, `${written} of 1000`);
  assert.equal(fake.closed(WEB, "done"), 1_000);
  const none = thread({ policy: { accessLogSample: 0 } });
  none.relayed();
  none.engine.relayed.finish("done");
  assert.deepEqual(none.records(), []);
});

Deno.test("sessions begin in turn with another of a target's addresses, over all threads, and fail over to the others", () => {
  const addresses = [1, 2, 3].map((n) => ({ ip: `10.0.1.${n}`, port: 80 }));
  const one = thread({ targets: [target(1, { addresses }), target(2)] });
  const two = one.sibling();
  two.apply([app({ targets: [target(1, { addresses }), target(2)] })]);
  for (const fake of [one, two, one, one, two, one, two, two]) {
    fake.client();
    const attempt = fake.engine.attempt;
    const isFirst = attempt.address.ip === "10.0.0.2";
    if (!isFirst) attempt.fail("refused");
    fake.engine.attempt.open();
    fake.engine.relayed.finish("done");
  }
  assert.deepEqual(tried(one), ["10.0.1.1", "10.0.1.2", "10.0.1.2", "10.0.1.3", "10.0.0.2", "10.0.0.2"]);
  assert.deepEqual(tried(two), ["10.0.0.2", "10.0.1.3", "10.0.1.1", "10.0.1.1", "10.0.1.2", "10.0.0.2"]);
});
