import assert from "node:assert/strict";
import type { FakeConnection } from "../../../../kit/fake_connection.ts";
import { endpoint, httpApp } from "../../../../kit/http_snapshots.ts";
import { app } from "../../../../kit/snapshots.ts";
import { answer, HttpWorld, read, request, WEB } from "../http_world.ts";

Deno.test("a drain lets requests under way end, and closes idle clients within a second", () => {
  const world = new HttpWorld();
  const idle = world.client(request());
  world.open(1).send(answer(200, "x"));
  idle.read();
  const fresh = world.client();
  const busy = world.client(request());
  const second = world.open(2);
  const late = world.client(request());
  const third = world.open(3);
  third.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
  late.read();
  world.fake.thread.handle({ type: "drain" });
  world.advance(499);
  assert.deepEqual([idle.ended, fresh.ended], [null, null]);
  world.advance(501);
  assert.deepEqual([idle.ended, fresh.ended, busy.ended, late.ended], ["close", "close", null, null]);
  second.send(answer(200, "x"));
  assert.match(read(busy.read()).head, /\r\nConnection: close/);
  assert.ok(busy.finSent);
  busy.sendFin();
  third.send("x");
  assert.equal(late.read(), "x");
  assert.equal(late.ended, null, "it was told that the connection goes on, and may be asking already");
  world.advance(1_100);
  assert.equal(late.ended, "close");
  assert.equal(world.fake.closed(WEB, "drain"), 3);
  assert.equal(world.fake.reported("stopped").length, 1);
  world.fake.assertAllGone();
});

Deno.test("what a client had asked before it could know of the drain is answered", () => {
  const world = new HttpWorld({}, { policy: { maxConnectionDurationMs: 5_000 } });
  const kept = world.client(request());
  const first = world.open(1);
  first.send(answer(200, "x"));
  const streaming = world.client(request());
  const second = world.open(2);
  second.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
  kept.read();
  streaming.read();
  world.advance(5_000);
  second.send("x");
  streaming.read();
  for (const [client, endpoint] of [[kept, () => world.open(3)], [streaming, () => first]] as const) {
    client.send(request());
    endpoint().send(answer(200, "y"));
    const { head, body } = read(client.read());
    assert.equal(body, "y");
    assert.match(head, /\r\nConnection: close/);
    assert.ok(client.finSent);
  }
});

Deno.test("a request that is only just coming in is answered in a drain", () => {
  const world = new HttpWorld();
  const client = world.client("GET / HT");
  world.fake.thread.handle({ type: "drain" });
  client.send("TP/1.1\r\nHost: a\r\n\r\n");
  world.open(1).send(answer(200, "x"));
  assert.match(read(client.read()).head, /\r\nConnection: close/);
});

Deno.test("drain_timeout ends what is still under way", () => {
  const world = new HttpWorld({ attemptTimeoutMs: 100_000, requestTimeoutMs: 100_000 }, {
    policy: { drainTimeoutMs: 10_000 },
  });
  const waiting = world.client(request());
  const first = world.open(1);
  const streaming = world.client(request());
  world.open(2).send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
  world.fake.thread.handle({ type: "drain" });
  world.advance(9_999);
  assert.deepEqual([waiting.ended, streaming.ended], [null, null]);
  world.advance(1);
  assert.deepEqual([waiting.ended, streaming.ended, first.ended], ["reset", "close", "reset"]);
  assert.equal(world.fake.closed(WEB, "drain"), 2);
  world.advance(100);
  world.fake.assertAllGone();
});

Deno.test("an open connection meets the app as it is now with each request", () => {
  const world = new HttpWorld({}, { targets: [endpoint(1)] });
  const client = world.client(request());
  world.open(1).send(answer(200, "x"));
  world.change({ revision: 2, targets: [endpoint(2)], http: { preserveHost: true } });
  assert.equal(client.ended, null);
  client.send(request());
  const second = world.open(2);
  assert.match(second.read(), /\r\nHost: web\.test\r\n/);
  second.send(answer(200, "x"));
  assert.deepEqual(world.records.map(({ revision }) => revision), [1, 2]);
});

Deno.test("a request whose endpoint is removed ends, and its connection with it", () => {
  const world = new HttpWorld({}, { targets: [endpoint(1), endpoint(2)] });
  const client = world.client(request());
  const first = world.open(1);
  world.change({ targets: [endpoint(2)] });
  first.send(answer(200, "x"));
  assert.equal(read(client.read()).body, "x");
  assert.ok(client.finSent);
});

Deno.test("a client of an app that is removed, or turned to TCP, is drained", () => {
  for (const how of ["removed", "tcp"]) {
    const world = new HttpWorld();
    const client = world.client(request());
    world.open(1).send(answer(200, "x"));
    if (how === "removed") world.fake.apply([], ["web"]);
    else world.fake.apply([app()]);
    world.advance(1_000);
    assert.equal(client.ended, "close");
    world.advance(100);
    world.fake.assertAllGone();
  }
});

Deno.test("a certificate that changes is shown by the sockets that are open", () => {
  const world = new HttpWorld();
  const certificate = { cert: "CERT", key: "KEY" };
  const { fake } = world;
  const [listener] = fake.engine.listeners;
  const snapshot = { ...app(), http: null };
  fake.apply([{ ...snapshot, certificate }]);
  assert.deepEqual(listener?.certificate, certificate);
  fake.apply([{ ...snapshot, certificate: null }]);
  assert.equal(listener?.certificate, null);
  assert.equal(fake.engine.listeners.length, 1);
});

/** A client that keeps its connection, and has had one answer, of endpoint `n`. */
function keptClient(world: HttpWorld, n: number): FakeConnection {
  const client = world.client(request());
  world.open(n).send(answer(200, "x"));
  client.read();
  return client;
}

Deno.test("clients leave the slots that they entered, also when app and port change their names and owners", () => {
  const world = new HttpWorld();
  const { fake } = world;
  const clients = [1, 2, 3].map((n) => keptClient(world, n));
  const renamed = httpApp({ name: "renamed", slot: 2 });
  const listeners = renamed.listeners.map((listener) => ({ ...listener, slot: 1_900 }));
  fake.apply([{ ...renamed, listeners }], ["web"]);
  for (const client of clients) client.sendFin();
  fake.clock.advance(1_000);
  for (const slot of [WEB, 2, 1_001, 1_900]) assert.equal(fake.sum(slot, "held"), 0, `slot ${slot}`);
  fake.assertAllGone();
});

Deno.test("an app that was renamed and renamed back while an answer streams is another app", () => {
  const world = new HttpWorld();
  const { fake } = world;
  const client = world.client(request());
  const first = world.open(1);
  first.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
  fake.apply([httpApp({ name: "renamed", slot: 2 })], ["web"]);
  fake.apply([httpApp({ slot: 3 })], ["renamed"]);
  assert.deepEqual([WEB, 2, 3].map((slot) => fake.sum(slot, "held")), [1, 0, 0]);
  first.send("x");
  client.read();
  // What it asks before it can know of the drain is counted where it came in.
  client.send(request());
  world.open(2).send(answer(200, "y"));
  assert.match(read(client.read()).head, /\r\nConnection: close/);
  fake.clock.advance(5_000);
  assert.deepEqual([WEB, 3].map((slot) => fake.sum(slot, "requests")), [2, 0]);
  fake.assertAllGone();
});

Deno.test("an app that moves to another engine ends no answer, and leads its clients to new connections", () => {
  const world = new HttpWorld({ attemptTimeoutMs: 10 ** 6, requestTimeoutMs: 10 ** 6 }, {
    policy: { drainTimeoutMs: 5_000 },
  });
  const { fake } = world;
  const idle = keptClient(world, 1);
  const streaming = world.client(request());
  const second = world.open(2);
  second.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
  const waiting = world.client(request());
  const third = world.open(3);
  fake.apply([{ ...httpApp(), engine: "epoll" }]);
  fake.clock.advance(60_000);
  assert.deepEqual(fake.engine.listeners, []);
  assert.deepEqual([idle.ended, streaming.ended, waiting.ended], ["close", null, null]);
  third.send(answer(200, "x"));
  assert.match(read(waiting.read()).head, /\r\nConnection: close/);
  second.send("x");
  streaming.read();
  fake.clock.advance(1_000);
  assert.equal(streaming.ended, "close");
  waiting.sendFin();
  assert.equal(fake.closed(WEB, "drain"), 2);
  fake.assertAllGone();
});

Deno.test("what was handed off still ends when its app goes", () => {
  const world = new HttpWorld({ attemptTimeoutMs: 10 ** 6, requestTimeoutMs: 10 ** 6 }, {
    policy: { drainTimeoutMs: 5_000 },
  });
  const client = world.client(request());
  world.open(1).send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
  world.fake.apply([{ ...httpApp(), engine: "epoll" }]);
  world.fake.apply([], ["web"]);
  world.advance(5_000);
  assert.equal(client.ended, "close");
  world.fake.assertAllGone();
});
