import assert from "node:assert/strict";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { answer, HttpWorld, read, request } from "../http_world.ts";
import type { FakeConnection } from "../../../../kit/fake_connection.ts";

const SINGLE = { targets: [endpoint(1)] };

/** Requests at the same time, each answered over a connection of its own. */
function atOnce(world: HttpWorld, count: number): FakeConnection[] {
  const clients = Array.from({ length: count }, () => world.client(request()));
  const connections = world.fake.engine.attempts.slice(-count).map((attempt) => attempt.open());
  for (const connection of connections) connection.send(answer(200, "x"));
  for (const client of clients) client.sendFin();
  return connections;
}

Deno.test("the connection used last is used again first, and old ones are closed after their idle time", () => {
  const world = new HttpWorld({ idleConnectionTimeoutMs: 20_000 }, SINGLE);
  const connections = atOnce(world, 3);
  const client = world.client();
  for (let i = 0; i < 4; i++) {
    client.send(request());
    assert.match(connections[2]?.read() ?? "", /GET \/ /);
    connections[2]?.send(answer(200, "x"));
    world.advance(6_000);
  }
  assert.deepEqual(connections.map(({ ended }) => ended), ["close", "close", null]);
  world.advance(20_000);
  assert.equal(connections[2]?.ended, "close");
});

Deno.test("connections above max_idle are closed when they were not needed for a second", () => {
  const world = new HttpWorld({ maxIdleConnections: 2 }, SINGLE);
  const connections = atOnce(world, 4);
  world.advance(999);
  assert.deepEqual(connections.map(({ ended }) => ended), [null, null, null, null]);
  world.advance(1);
  assert.deepEqual(connections.map(({ ended }) => ended), ["close", "close", null, null]);
  const none = new HttpWorld({ maxIdleConnections: 0 }, SINGLE);
  const [closed] = atOnce(none, 1);
  none.advance(0);
  assert.equal(closed?.ended, "close");
});

Deno.test("an idle connection that its endpoint ends, or that says something, is used no more", () => {
  for (const how of ["fin", "reset", "talk"]) {
    const world = new HttpWorld({}, SINGLE);
    const [connection] = atOnce(world, 1);
    if (how === "fin") connection?.sendFin();
    if (how === "reset") connection?.fail();
    if (how === "talk") connection?.send("HTTP/1.1 408 Request Timeout\r\n\r\n");
    assert.notEqual(connection?.ended, null);
    const client = world.client(request());
    world.open(1).send(answer(200, "new"));
    assert.equal(read(client.read()).body, "new");
  }
});

Deno.test("a used connection that turns out closed is replaced once, before another endpoint is asked", () => {
  for (const how of ["fin", "reset"]) {
    const world = new HttpWorld({}, SINGLE);
    const [connection] = atOnce(world, 1);
    const client = world.client(request("GET", "/again"));
    assert.match(connection?.read() ?? "", /GET \/again /);
    if (how === "fin") connection?.sendFin();
    else connection?.fail();
    const fresh = world.open(1);
    assert.match(fresh.read(), /GET \/again /);
    fresh.fail();
    assert.equal(read(client.read()).status, 502, "once");
    assert.equal(world.fake.engine.attempts.length, 2);
  }
});

Deno.test("one that broke after the first byte of an answer is not", () => {
  const world = new HttpWorld({}, SINGLE);
  const [connection] = atOnce(world, 1);
  const client = world.client(request());
  connection?.send("HTTP/1.1 2");
  connection?.fail();
  assert.equal(read(client.read()).status, 502);
  assert.equal(world.fake.engine.attempts.length, 1);
});

Deno.test("nor for a request that must not be sent twice, which takes only a connection that was used just now", () => {
  const world = new HttpWorld({}, SINGLE);
  const [connection] = atOnce(world, 1);
  world.advance(1_000);
  const client = world.client(request("POST", "/", [], "x"));
  assert.match(connection?.read() ?? "", /POST/);
  connection?.fail();
  assert.equal(read(client.read()).status, 502);
  const [other] = atOnce(world, 1);
  world.advance(1_001);
  world.client(request("POST", "/", [], "x"));
  assert.doesNotMatch(other?.read() ?? "", /POST/);
  assert.match(world.open(1).read(), /POST/);
});

Deno.test("bytes behind an answer end its connection: they would be taken for the next answer", () => {
  const world = new HttpWorld({}, SINGLE);
  const client = world.client(request());
  const connection = world.open(1);
  connection.send(answer(200, "x") + answer(200, "forged"));
  assert.equal(connection.ended, "reset");
  assert.equal(read(client.read()).body, "x");
});

Deno.test("a connection whose answer says close is closed, and so is one with HTTP/1.0", () => {
  for (
    const text of [answer(200, "x", ["Connection: close"]), "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"]
  ) {
    const world = new HttpWorld({}, SINGLE);
    const client = world.client(request());
    const connection = world.open(1);
    connection.send(text);
    assert.equal(read(client.read()).body, "x");
    world.advance(0);
    assert.equal(connection.ended, "close");
    assert.equal(client.ended, null);
  }
});

Deno.test("an unusable answer is read to its end where it is small and quick, and its connection used again", () => {
  for (const fate of ["quick", "slow", "long", "chunked"]) {
    const world = new HttpWorld({ onExhausted: 502 });
    world.client(request());
    const connection = world.open(1);
    const body = fate === "chunked" ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 1000\r\n\r\n";
    connection.send(`HTTP/1.1 500 No\r\n${body}`);
    if (fate === "slow") world.advance(1_000);
    if (fate === "quick") connection.send("x".repeat(1_000));
    if (fate === "chunked") connection.send("3e8\r\n" + "x".repeat(1_000) + "\r\n0\r\n\r\n");
    if (fate === "long") connection.send("x".repeat(1_001));
    assert.equal(connection.ended, fate === "quick" || fate === "chunked" ? null : "reset", fate);
  }
});

Deno.test("an unusable answer counts as a call to its endpoint until its connection is free, or closed", () => {
  for (const isEnded of [true, false]) {
    const world = new HttpWorld({ onExhausted: 502 });
    world.client(request());
    const first = world.open(1);
    first.send("HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\nhe");
    assert.equal(world.fake.sum(101, "held"), 1);
    if (isEnded) first.send("re");
    else world.advance(1_000);
    assert.equal(first.ended, isEnded ? null : "reset");
    assert.equal(world.fake.sum(101, "held"), 0);
  }
});

Deno.test("connections to what a rollout removed are closed, idle ones at once and busy ones after their answer", () => {
  const world = new HttpWorld();
  const clients = [1, 2, 3].map(() => world.client(request()));
  const [first, second, third] = [1, 2, 3].map((n) => world.open(n));
  first?.send(answer(200, "x"));
  third?.send(answer(200, "x"));
  world.change({ targets: [endpoint(3)] });
  world.advance(0);
  assert.deepEqual([first?.ended, second?.ended, third?.ended], ["close", null, null]);
  second?.send(answer(200, "still"));
  assert.equal(read(clients[1]?.read() ?? "").body, "still");
  world.advance(0);
  assert.equal(second?.ended, "close");
  clients[0]?.send(request());
  assert.match(third?.read() ?? "", /GET \/ [^]*GET \/ /, "the new app is met by the next request");
});

Deno.test("connections to addresses that a name no longer has are closed", () => {
  const world = new HttpWorld({}, SINGLE);
  const [connection] = atOnce(world, 1);
  world.change({ targets: [endpoint(1, { addresses: [{ ip: "10.0.0.9", port: 80 }] })] });
  world.advance(0);
  assert.equal(connection?.ended, "close");
});
