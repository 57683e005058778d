import assert from "node:assert/strict";
import { Bag } from "../../../src/base/bag.ts";
import { inParts } from "../../../src/control/daemon/threads/in_parts.ts";
import type { Command } from "../../../src/model/messages.ts";
import type { AppSnapshot } from "../../../src/model/snapshot.ts";
import { FakeThread } from "../../kit/fake_thread.ts";
import { app, target } from "../../kit/snapshots.ts";

const A = { name: "a", slot: 1 };
const B = { name: "b", slot: 2 };

function ports(fake: FakeThread): number[] {
  return fake.engine.listeners.filter((one) => !one.isClosing).map((one) => one.address.port).sort();
}

Deno.test("only what is gone is closed, after its queue was served", () => {
  const fake = new FakeThread();
  fake.apply([app({ ...A, ports: [5001, 5002] }), app({ ...B, ports: [5003] })]);
  const leaving = fake.engine.listener(5002);
  fake.apply([app({ ...A, ports: [5001] })]);
  assert.deepEqual(ports(fake), [5001, 5003]);
  leaving.client();
  fake.engine.attempt.open();
  fake.clock.advance(10);
  assert.equal(fake.engine.listeners.includes(leaving), false);
  assert.equal(fake.engine.relayed.ended, null);
});

Deno.test("a listen address moves from app to app without closing, whichever comes first", () => {
  for (const reversed of [false, true]) {
    const fake = new FakeThread();
    fake.apply([app({ ...A, ports: [5001, 5002], targets: [target(1)] }), app({ ...B, ports: [5003] })]);
    const socket = fake.engine.listener(5002);
    const changed = [app({ ...A, ports: [5001] }), app({ ...B, ports: [5002, 5003], targets: [target(9)] })];
    fake.apply(reversed ? changed.reverse() : changed);
    assert.equal(fake.engine.listener(5002), socket);
    assert.equal(socket.isClosing, false);
    fake.relayed(5002);
    fake.engine.relayed.finish("done");
    const [record] = fake.records();
    assert.deepEqual([record?.app, record?.target], ["b", "10.0.0.9:80"]);
  }
});

Deno.test("a listen address of a removed app goes to an added one without closing", () => {
  const fake = new FakeThread();
  fake.apply([app({ ...A })]);
  const socket = fake.engine.listener(5001);
  fake.apply([app({ ...B })], ["a"]);
  assert.equal(fake.engine.listener(5001), socket);
  fake.clock.advance(1_000);
  assert.equal(socket.isClosing, false);
});

Deno.test("an address that cannot be bound fails alone, and is told until it is bound or gone", () => {
  const fake = new FakeThread();
  fake.engine.unbindable.set("127.0.0.1:5002", "in_use");
  fake.apply([app({ ...A, ports: [5001, 5002] }), app({ ...B, ports: [5003] })]);
  assert.deepEqual(ports(fake), [5001, 5003]);
  const failure = {
    app: "a",
    listener: "127.0.0.1:5002",
    code: "in_use",
    message: "Cannot listen on 127.0.0.1:5002",
  };
  assert.deepEqual(fake.reported("applied").at(-1)?.failures, [failure]);
  fake.apply([app({ ...B, ports: [5003], targets: [target(4)] })]);
  assert.deepEqual(fake.reported("applied").at(-1)?.failures, [failure]);
  fake.engine.unbindable.clear();
  fake.apply([app({ ...A, ports: [5001, 5002] })]);
  assert.deepEqual(fake.reported("applied").at(-1)?.failures, []);
  assert.deepEqual(ports(fake), [5001, 5002, 5003]);
});

Deno.test("a certificate that cannot be used fails its app alone; what clients were shown before stays", () => {
  const fake = new FakeThread();
  const shown = { cert: "good", key: "" };
  const secure = (cert: string): AppSnapshot => ({ ...app(A), certificate: { cert, key: "" } });
  const message = "Cannot use the certificate for 127.0.0.1:5001";
  const failure = { app: "a", listener: "127.0.0.1:5001", code: "tls", message };
  const failures = (): unknown => fake.reported("applied").at(-1)?.failures;
  fake.engine.unusable.add("weak");

  fake.apply([secure("weak"), app({ ...B, ports: [5002] })]);
  assert.deepEqual(ports(fake), [5002]);
  assert.deepEqual(failures(), [failure]);

  fake.apply([secure("good")]);
  assert.deepEqual(failures(), []);
  assert.deepEqual(fake.engine.listener(5001).certificate, shown);

  fake.apply([secure("weak")]);
  assert.deepEqual(failures(), [failure]);
  assert.deepEqual(fake.engine.listener(5001).certificate, shown);
  // Tried again, as control does, it is still the same.
  fake.apply([secure("weak")]);
  assert.deepEqual(failures(), [failure]);
});

Deno.test("a socket that cannot be adopted leaves the others served, and these are closed with their address", () => {
  const fake = new FakeThread();
  const key = "127.0.0.1:5001";
  const adopted = (): unknown[] =>
    fake.engine.listeners.filter((one) => !one.isClosing).map((one) => one.options.descriptor);
  fake.apply([app(A)], [], { [key]: [9] });
  assert.deepEqual(adopted(), [9]);
  fake.engine.unadoptable.add(11);
  for (let tries = 0; tries < 3; tries++) {
    fake.apply([app(A)], [], { [key]: [10, 11, 12] });
    assert.deepEqual(adopted(), [10, 12]);
    assert.equal(fake.reported("applied").at(-1)?.failures[0]?.code, "exhausted");
  }
  fake.engine.unadoptable.clear();
  fake.apply([app(A)], [], { [key]: [10, 11, 12] });
  assert.deepEqual(adopted(), [10, 12, 11]);
  assert.deepEqual(fake.reported("applied").at(-1)?.failures, []);
  fake.apply([], ["a"]);
  fake.clock.advance(10);
  assert.deepEqual(fake.engine.listeners, []);
});

Deno.test("a new address of which one socket could be adopted is closed with it, and adopted once", () => {
  const fake = new FakeThread();
  const sockets = { "127.0.0.1:5001": [10, 11] };
  fake.engine.unadoptable.add(11);
  fake.apply([app(A)], [], sockets);
  fake.apply([app(A)], [], sockets);
  assert.deepEqual(fake.engine.listeners.map((one) => one.options.descriptor), [10]);
  fake.apply([], ["a"]);
  fake.clock.advance(10);
  assert.deepEqual(fake.engine.listeners, []);
});

Deno.test("an address that could not be bound is forgotten with its app", () => {
  const fake = new FakeThread();
  fake.engine.unbindable.set("127.0.0.1:5001", "denied");
  fake.apply([app(A)]);
  fake.apply([], ["a"]);
  assert.deepEqual(fake.reported("applied").at(-1)?.failures, []);
});

Deno.test("sockets of another thread are served, and given back, without a rollout", () => {
  const fake = new FakeThread();
  const key = "127.0.0.1:5001";
  const serve = (...descriptors: number[]): void =>
    fake.thread.handle({ type: "serve", sockets: { [key]: descriptors, "127.0.0.1:9": [1] } });
  fake.thread.handle({ type: "apply", revision: 1, apps: [app(A)], removed: [], sockets: { [key]: [7] } });
  const sockets = (): unknown[] => fake.engine.listeners.map(({ options }) => options.descriptor);
  serve(7, 8);
  assert.deepEqual(sockets(), [7, 8]);
  serve(7);
  fake.clock.advance(100);
  assert.deepEqual(sockets(), [7]);
  fake.engine.unbindable.set(key, "exhausted");
  serve(7, 9);
  assert.deepEqual(fake.reported("applied").at(-1)?.failures.map(({ code }) => code), ["exhausted"]);
  fake.engine.unbindable.clear();
  serve(7, 9);
  assert.deepEqual(fake.reported("applied").at(-1), { type: "applied", revision: 1, failures: [] });
});

/** As it comes from control, part by part. */
function applyInParts(fake: FakeThread, command: Command): number {
  const parts = inParts(command);
  for (const part of parts) {
    assert.deepEqual(fake.reported("applied").filter(({ revision }) => revision === 2), []);
    fake.thread.handle(part);
  }
  return parts.length;
}

Deno.test("a rollout in parts moves listen addresses without closing, and is acknowledged once, at its end", () => {
  for (const reversed of [false, true]) {
    const fake = new FakeThread();
    const many = Array.from({ length: 200 }, (_, i) => ({ name: `app-${i}`, slot: 10 + i }));
    const before = [
      app({ ...A, ports: [5001], targets: [target(1)] }),
      ...many.map((one, i) => app({ ...one, ports: [6000 + i], targets: [target(1)] })),
      app({ ...B, ports: [5002], targets: [target(1)] }),
    ];
    fake.apply(before);
    fake.relayed(6007);
    const moved = fake.engine.listener(5001);
    const after = [
      app({ ...B, ports: [5001, 5002], targets: [target(9)], revision: 2 }),
      ...many.slice(8).map((one, i) => app({ ...one, ports: [6008 + i], targets: [target(2)], revision: 2 })),
      app({ ...A, ports: [5003], targets: [target(1)], revision: 2 }),
    ];
    const parts = applyInParts(fake, {
      type: "apply",
      revision: 2,
      apps: reversed ? after.reverse() : after,
      removed: many.slice(0, 8).map(({ name }) => name),
    });
    assert.ok(parts > 5, `${parts} parts`);
    assert.equal(fake.reported("applied").filter(({ revision }) => revision === 2).length, 1);
    assert.equal(fake.engine.listener(5001), moved);
    assert.deepEqual(ports(fake), [5001, 5002, 5003, ...many.slice(8).map((_, i) => 6008 + i)]);
    fake.relayed(5001);
    fake.clock.advance(20_000);
    assert.equal(fake.closed(10 + 7, "drain"), 1);
    assert.equal(fake.sum(B.slot, "held"), 1);
  }
});

Deno.test("after a rollout each session is looked at once, however many listeners are closed", () => {
  const fake = new FakeThread();
  const apps = Array.from(
    { length: 50 },
    (_, i) => app({ name: `app-${i}`, slot: 10 + i, ports: [6000 + i] }),
  );
  fake.apply([app({ ...A, ports: [5001] }), ...apps]);
  for (let i = 0; i < 20; i++) fake.relayed(5001);
  let looks = 0;
  const { forEach } = Bag.prototype;
  Bag.prototype.forEach = function (visit): void {
    forEach.call(this, (item) => {
      looks++;
      visit(item);
    });
  };
  try {
    fake.apply([], apps.map(({ name }) => name));
    fake.clock.advance(5_000);
  } finally {
    Bag.prototype.forEach = forEach;
  }
  assert.equal(looks, 20);
});
