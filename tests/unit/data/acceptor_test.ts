import assert from "node:assert/strict";
import { LOG_EVENTS } from "../../../src/base/log_events.ts";
import { Header } from "../../../src/model/board.ts";
import { FakeThread } from "../../kit/fake_thread.ts";
import { app } from "../../kit/snapshots.ts";

function capped(max: number, fake = new FakeThread()): FakeThread {
  Atomics.store(fake.board.words, Header.maxConnections, max);
  fake.apply([app({ ports: [5001, 5002] })]);
  return fake;
}

function logs(fake: FakeThread): string[] {
  return fake.reported("log").map((report) => LOG_EVENTS[report.event].message);
}

Deno.test("at the connection cap new clients wait in the queue, and come in when one has gone", () => {
  const fake = capped(2);
  fake.relayed();
  fake.relayed(5002);
  assert.ok(fake.engine.listeners.every((listener) => listener.isPaused));
  fake.client();
  fake.client(5002);
  assert.equal(fake.open, 2);
  fake.clock.advance(1_000);
  assert.equal(fake.open, 2);
  fake.engine.relays[0]?.finish("done");
  fake.clock.advance(20);
  assert.equal(fake.open, 2);
  fake.engine.attempt.open();
  fake.engine.relays[1]?.finish("done");
  fake.clock.advance(20);
  fake.engine.attempt.open();
  for (const relay of fake.engine.relays.slice(2)) relay.finish("done");
  assert.deepEqual(fake.reasons(), ["done", "done", "done", "done"]);
  fake.assertAllGone();
});

Deno.test("the cap holds over all threads", () => {
  const one = capped(2);
  const two = capped(2, one.sibling());
  one.relayed();
  two.relayed();
  assert.ok(two.engine.listener(5001).isPaused);
  two.client();
  assert.equal(two.open, 2);
  one.engine.relayed.finish("done");
  one.clock.advance(20);
  assert.equal(two.engine.attempts.length, 2);
});

Deno.test("a thread that keeps meeting the cap logs it once a second, and so do all threads together", () => {
  const one = capped(1);
  const two = capped(1, one.sibling());
  for (let i = 0; i < 50; i++) {
    for (const fake of [one, two]) {
      fake.relayed();
      fake.engine.relayed.finish("done");
      fake.clock.advance(30);
    }
  }
  const lines = [...logs(one), ...logs(two)];
  assert.ok(lines.length >= 3 && lines.length <= 4, lines.join("\n"));
  assert.match(lines[0] ?? "", /connection cap/);
});

Deno.test("a raised cap lets the waiting in", () => {
  const fake = capped(1);
  fake.relayed();
  fake.client();
  Atomics.store(fake.board.words, Header.maxConnections, 5);
  fake.clock.advance(20);
  assert.equal(fake.open, 2);
});

Deno.test("a listener that is bound at the cap begins paused", () => {
  const fake = capped(1);
  fake.relayed();
  fake.apply([app({ ports: [5001, 5002, 5003] })]);
  assert.ok(fake.engine.listener(5003).isPaused);
});

Deno.test("a listener that is closed at the cap serves its queue all the same", () => {
  const fake = capped(1);
  fake.relayed();
  fake.client(5002);
  fake.apply([app({ ports: [5001] })]);
  fake.clock.advance(10);
  assert.equal(fake.open, 2);
});

Deno.test("failed accepts are counted each, and logged once a second over all threads", () => {
  const one = capped(0);
  const two = capped(0, one.sibling());
  for (let i = 0; i < 30; i++) {
    one.engine.listener(5001).fail("exhausted");
    two.engine.listener(5001).fail("exhausted");
    one.clock.advance(100);
  }
  assert.equal(one.sum(1001, "acceptErrors"), 60);
  const lines = [...one.reported("log"), ...two.reported("log")];
  assert.equal(lines.length, 3);
  assert.equal(lines[0]?.level, "error");
  assert.equal(lines[0]?.fields.code, "exhausted");
  const told = lines.map((line) => Number(line.fields.times));
  assert.ok(told.reduce((sum, times) => sum + times, 0) >= 20, told.join(" "));
});

Deno.test("a client that still takes its last bytes counts in the cap, though its session is over", () => {
  const fake = capped(2);
  fake.relayed();
  fake.engine.onLingering(1);
  fake.engine.relayed.finish("done");
  assert.equal(fake.open, 1);
  fake.client();
  const waiting = fake.client();
  assert.equal(waiting.handler, null);
  assert.equal(fake.engine.listener(5001).queued, 1);
  fake.engine.onLingering(-1);
  fake.clock.advance(100);
  assert.equal(fake.engine.listener(5001).queued, 0);
});
