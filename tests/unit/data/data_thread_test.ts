import assert from "node:assert/strict";
import { FakeThread } from "../../kit/fake_thread.ts";
import { app, target } from "../../kit/snapshots.ts";

const A = { name: "a", slot: 1 };
const B = { name: "b", slot: 2 };

function ports(fake: FakeThread): number[] {
  return fake.engine.listeners.filter((one) => !one.isClosing).map((one) => one.address.port).sort();
}

Deno.test("apply binds each listen address once, and acknowledges with the revision", () => {
  const fake = new FakeThread();
  fake.apply([app({ ...A, ports: [5001, 5002] }), app({ ...B, ports: [5003] })]);
  assert.deepEqual(ports(fake), [5001, 5002, 5003]);
  assert.deepEqual(fake.reported("applied"), [{ type: "applied", revision: 1, failures: [] }]);
  assert.equal(fake.engine.listener(5001).options.backlog, 128);
});

Deno.test("changed socket options count for the clients to come, on the socket that stays", () => {
  const fake = new FakeThread();
  const before = { noDelay: true, keepAlive: null, userTimeoutMs: 0, sendBufferBytes: 5_000 };
  fake.apply([app({ ...A, policy: { tcp: before, deferAcceptS: 3, fastOpenQueue: 7 } })]);
  const socket = fake.engine.listener(5001);
  const settings = (): unknown[] => {
    const { backlog, tcp, deferAcceptS, fastOpenQueue } = socket.settings;
    return [backlog, tcp, deferAcceptS, fastOpenQueue];
  };
  assert.deepEqual(settings(), [128, before, 3, 7]);
  const after = { noDelay: false, keepAlive: null, userTimeoutMs: 0 };
  fake.apply([app({ ...A, policy: { backlog: 64, tcp: after } })]);
  assert.equal(fake.engine.listener(5001), socket);
  assert.deepEqual(settings(), [64, after, 0, 0]);
});

Deno.test("targets are connected to with the app's socket options", () => {
  const fake = new FakeThread();
  const tcp = { noDelay: true, keepAlive: null, userTimeoutMs: 0, receiveBufferBytes: 5_000 };
  fake.apply([app({ ...A, policy: { tcp } })]);
  fake.client();
  assert.deepEqual(fake.engine.attempt.options.tcp, tcp);
});

Deno.test("an app that changes keeps its listeners; new sessions follow the change, old ones do not", () => {
  const fake = new FakeThread();
  fake.apply([app({ ...A, targets: [target(1)] })]);
  const socket = fake.engine.listener(5001);
  fake.relayed();
  fake.apply([app({ ...A, revision: 2, targets: [target(1), target(2)] })]);
  assert.equal(fake.engine.listener(5001), socket);
  fake.relayed();
  fake.relayed();
  const served = fake.engine.relays.map((relay) => relay.target.remote.ip);
  assert.ok(served.includes("10.0.0.2"), served.join(" "));
  for (const relay of fake.engine.relays) relay.finish("done");
  assert.deepEqual(fake.records().map((record) => record.revision), [1, 2, 2]);
});

Deno.test("sessions of a removed app, port or target are drained, and no others", () => {
  const fake = new FakeThread();
  const one = [target(1)];
  fake.apply([
    app({ ...A, targets: one }),
    app({ ...B, ports: [5002, 5003], targets: one }),
    app({ name: "c", slot: 3, ports: [5004], targets: one }),
    app({ name: "d", slot: 4, ports: [5005], targets: one }),
  ]);
  for (const port of [5001, 5002, 5003, 5004, 5005]) fake.relayed(port);
  fake.apply([
    app({ ...B, ports: [5002], targets: one }),
    app({ name: "c", slot: 3, ports: [5004], targets: [target(2)] }),
    app({ name: "d", slot: 4, ports: [5005], targets: [target(1, { weight: 9 }), target(2)] }),
  ], ["a"]);
  fake.clock.advance(20_000);
  const ended = fake.records().map((record) => `${record.listener} ${record.close_reason}`).sort();
  assert.deepEqual(ended, ["127.0.0.1:5001 drain", "127.0.0.1:5003 drain", "127.0.0.1:5004 drain"]);
});

Deno.test("a session that a closing listener still accepts is drained as well", () => {
  const fake = new FakeThread();
  fake.apply([app({ ...A, policy: { idleTimeoutMs: 0 } }), app({ ...B, ports: [5002] })]);
  const socket = fake.engine.listener(5001);
  fake.apply([], ["a"]);
  socket.client();
  fake.engine.attempt.open();
  fake.clock.advance(20_010);
  assert.deepEqual(fake.reasons(), ["drain"]);
});

Deno.test("an app that is removed and comes back is served anew, its old sessions still end", () => {
  const fake = new FakeThread();
  fake.apply([app(A)]);
  fake.relayed();
  fake.apply([], ["a"]);
  fake.apply([app({ ...A, slot: 7 })]);
  fake.relayed();
  fake.clock.advance(20_000);
  assert.equal(fake.closed(1, "drain"), 1);
  assert.equal(fake.ended(7), 0);
  assert.equal(fake.sum(7, "held"), 1);
});

Deno.test("a retired thread closes its listeners, serves their queues and finishes its sessions without a limit", () => {
  const fake = new FakeThread();
  fake.apply([app({ ...A, policy: { idleTimeoutMs: 0 } })]);
  const socket = fake.engine.listener(5001);
  fake.relayed();
  fake.thread.handle({ type: "retire" });
  assert.equal(socket.isClosing, true);
  socket.client();
  fake.engine.attempt.open();
  fake.clock.advance(100_000_000);
  assert.equal(fake.reported("stopped").length, 0);
  for (const relay of fake.engine.relays) relay.finish("done");
  assert.equal(fake.reported("stopped").length, 1);
  fake.assertAllGone();
});

Deno.test("a retired thread binds nothing more, but still drains what is removed", () => {
  const fake = new FakeThread();
  fake.apply([app(A)]);
  fake.relayed();
  fake.thread.handle({ type: "retire" });
  fake.clock.advance(10);
  fake.apply([app({ ...B, ports: [5002] })]);
  assert.deepEqual(ports(fake), []);
  fake.apply([], ["a"]);
  fake.clock.advance(20_000);
  assert.deepEqual(fake.reasons(), ["drain"]);
  assert.equal(fake.reported("stopped").length, 1);
});

Deno.test("stopped comes once and last, after the last records", () => {
  const fake = new FakeThread();
  fake.apply([app(A)]);
  fake.relayed();
  fake.thread.handle({ type: "retire" });
  fake.clock.advance(10);
  fake.engine.relayed.finish("done");
  fake.thread.handle({ type: "drain" });
  fake.clock.advance(1_000);
  assert.deepEqual(fake.reports.map((report) => report.type), ["applied", "access", "stopped"]);
});

Deno.test("a thread is stopped only when the last bytes of its clients have left", () => {
  const fake = new FakeThread();
  fake.apply([app(A)]);
  fake.thread.handle({ type: "retire" });
  fake.engine.lingering = 2;
  fake.clock.advance(100_000_000);
  assert.deepEqual(fake.reported("stopped"), []);
  fake.engine.flush();
  assert.equal(fake.reported("stopped").length, 1);
  assert.deepEqual(fake.reported("log"), []);
});

Deno.test("a drain waits for the last bytes as long as the longest drain_timeout, and says whom it cuts off", () => {
  for (const before of ["none", "retire"] as const) {
    const fake = new FakeThread();
    const longer = app({ ...B, ports: [5002], policy: { drainTimeoutMs: 40_000 } });
    fake.apply([app({ ...A, policy: { drainTimeoutMs: 2_000 } }), longer]);
    fake.apply([], ["b"]);
    fake.engine.lingering = 3;
    if (before === "retire") {
      fake.thread.handle({ type: "retire" });
      fake.clock.advance(100_000);
    }
    fake.thread.handle({ type: "drain" });
    fake.clock.advance(39_990);
    assert.deepEqual(fake.reported("stopped"), []);
    fake.clock.advance(20);
    assert.deepEqual(fake.reports.slice(-2).map(({ type }) => type), ["log", "stopped"]);
    assert.deepEqual(fake.reported("log")[0]?.fields, { connections: 3 });
    fake.engine.flush();
    fake.thread.handle({ type: "drain" });
    fake.clock.advance(100_000);
    assert.equal(fake.reported("stopped").length, 1);
  }
});

Deno.test("crash throws, so that the thread dies", () => {
  assert.throws(() => new FakeThread().thread.handle({ type: "crash" }), /told to crash/);
});

Deno.test("sessions of an app that moves to another engine stay until they end, or their app or target goes", () => {
  for (const change of ["none", "app", "target"]) {
    const fake = new FakeThread();
    fake.apply([app({ ...A, targets: [target(1)] })]);
    fake.relayed();
    const moved = { ...app({ ...A, targets: [target(1)] }), engine: "epoll" } as const;
    fake.apply([moved]);
    fake.clock.advance(60_000);
    assert.deepEqual(fake.engine.listeners, []);
    assert.equal(fake.ended(1), 0);
    if (change === "app") fake.apply([], ["a"]);
    if (change === "target") fake.apply([{ ...moved, targets: [target(2)] }]);
    fake.clock.advance(20_000);
    assert.equal(fake.closed(1, "drain"), change === "none" ? 0 : 1, change);
  }
});

Deno.test("who came before the listener was closed is handed off, or drained, like the others", () => {
  const fake = new FakeThread();
  fake.apply([app({ ...A, policy: { idleTimeoutMs: 0 } })]);
  const socket = fake.engine.listener(5001);
  fake.apply([{ ...app({ ...A, policy: { idleTimeoutMs: 0 } }), engine: "epoll" }]);
  socket.client();
  fake.engine.attempt.open();
  fake.clock.advance(60_000);
  assert.equal(fake.ended(1), 0);
});
