import assert from "node:assert/strict";
import { Board, Shared } from "../../../../../src/model/board.ts";
import type { FakeConnection } from "../../../../kit/fake_connection.ts";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { answer, chunks, HttpWorld, read, request } from "../http_world.ts";

const FANOUT = { dispatch: "fanout" } as const;

function openAll(world: HttpWorld): FakeConnection[] {
  return [1, 2, 3].map((n) => world.open(n));
}

Deno.test("all endpoints are asked at once; the first usable answer wins and the others are given up", () => {
  const world = new HttpWorld(FANOUT);
  const client = world.client(request("GET", "/x"));
  assert.deepEqual(world.connecting, [1, 2, 3]);
  const [first, second] = [world.open(1), world.open(2)];
  for (const one of [first, second]) assert.match(one?.read() ?? "", /^GET \/x /);
  second?.send(`HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf`);
  assert.equal(read(client.read()).body, "half", "it streams from its first byte");
  assert.equal(world.attempt(3).outcome, "cancelled");
  world.advance(20);
  assert.equal(first?.ended, "reset");
  second?.send("half");
  assert.equal(client.read(), "half");
  const { endpoint: number, attempts, dispatch, tried } = world.record;
  assert.deepEqual([number, attempts, dispatch], [2, 3, "fanout"]);
  assert.deepEqual(tried, ["10.0.0.1:80", "10.0.0.3:80"]);
});

Deno.test("an unusable, an interim, a broken and a closed answer never win over a later usable one", () => {
  const world = new HttpWorld(FANOUT);
  const client = world.client(request());
  const [first, second, third] = openAll(world);
  first?.send("HTTP/1.1 103 Early Hints\r\nX-From: 1\r\n\r\n");
  second?.send("HTTP/1.1 200 OK\r\nX-From: 2\r\nContent-Le");
  second?.sendFin();
  third?.send(answer(500, "bad"));
  assert.equal(client.read(), "");
  first?.send(answer(200, "good"));
  const text = client.read();
  assert.match(text, /^HTTP\/1\.1 103[^]*\r\nX-From: 1\r\n[^]*200 OK[^]*good$/);
  assert.ok(!text.includes("bad") && !text.includes("X-From: 2"));
});

Deno.test("nothing of an answer that lost reaches the client", () => {
  const world = new HttpWorld(FANOUT);
  const client = world.client(request());
  const [first, second, third] = openAll(world);
  first?.send(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks("A")}`);
  second?.send(answer(200, "B"));
  third?.send(answer(200, "B"));
  first?.send(`${chunks("A")}0\r\n\r\n`);
  assert.equal(read(client.read()).body, `${chunks("A", "A")}0\r\n\r\n`);
});

Deno.test("one that lost has 20 ms to end a small answer, and its connection is used again; no byte more is read", () => {
  const fates = ["whole", "late", "streaming", "large", "within its answer"];
  for (const fate of fates) {
    const world = new HttpWorld(FANOUT);
    const client = world.client(request());
    const [first, second] = openAll(world);
    if (fate === "within its answer") second?.send("HTTP/1.1 200 OK\r\nContent-");
    first?.send(answer(200, "A"));
    assert.equal(read(client.read()).body, "A");
    if (fate === "whole") second?.send(answer(200, "B"));
    if (fate === "streaming") second?.send("HTTP/1.1 200 OK\r\n\r\nB");
    if (fate === "large") second?.send("HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\nB");
    assert.equal(second?.ended, fate === "streaming" || fate === "large" ? "reset" : null, fate);
    world.advance(20);
    assert.equal(second?.ended, fate === "whole" ? null : "reset", fate);
    assert.equal(client.read(), "");
  }
});

Deno.test("the last unusable answer is given when no other came, by whichever endpoint", () => {
  const world = new HttpWorld(FANOUT);
  const client = world.client(request());
  const [first, second, third] = openAll(world);
  second?.send(answer(500, "second"));
  third?.sendFin();
  first?.send(answer(503, "first"));
  assert.equal(read(client.read()).body, "first");
  assert.equal(world.record.endpoint, 1);
});

Deno.test("backups are asked when all others failed, at once as well", () => {
  const targets = [endpoint(1), endpoint(2, { backup: true }), endpoint(3, { backup: true })];
  const world = new HttpWorld(FANOUT, { targets });
  world.client(request());
  assert.deepEqual(world.connecting, [1]);
  world.attempt(1).fail();
  assert.deepEqual(world.connecting.sort(), [2, 3]);
});

Deno.test("endpoints that are down are not asked, neither at once nor when the others have failed", () => {
  const world = new HttpWorld(FANOUT);
  Atomics.store(world.fake.board.words, Board.word(102, Shared.health), 2);
  world.client(request());
  assert.deepEqual(world.connecting.sort(), [1, 3]);
  for (const n of [1, 3]) world.attempt(n).fail();
  assert.deepEqual(world.connecting, []);
  assert.equal(world.record.status, 502);
});

Deno.test("a method that is not idempotent does not fan out", () => {
  const world = new HttpWorld(FANOUT);
  world.client(request("POST", "/", [], "x"));
  assert.deepEqual(world.connecting, [1]);
  world.open(1).send(answer(200, "x"));
  assert.equal(world.record.dispatch, "sequential");
});

Deno.test("a body that is kept goes to all of them as it comes", () => {
  const world = new HttpWorld({ ...FANOUT, replay: "all" });
  const client = world.client("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
  const [first, second] = [world.open(1), world.open(2)];
  assert.equal(read(first.read()).body, "hello");
  second.read();
  client.send("world");
  assert.deepEqual([first.read(), second.read()], ["world", "world"]);
  assert.equal(read(world.open(3).read()).body, "helloworld");
});

Deno.test("a body of unknown length fans out when it proves small enough, and goes to one endpoint else", () => {
  for (const isSmall of [true, false]) {
    const world = new HttpWorld({ ...FANOUT, replay: "all", maxReplayBodyBytes: 100 });
    const client = world.client("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send(chunks("12345678"));
    assert.deepEqual(world.connecting, []);
    client.send(isSmall ? "0\r\n\r\n" : chunks("x".repeat(100)));
    assert.deepEqual(world.connecting, isSmall ? [1, 2, 3] : [1]);
    const asked = read(world.open(1).read());
    assert.equal(asked.body, chunks("12345678") + (isSmall ? "0\r\n\r\n" : chunks("x".repeat(100))));
  }
});

Deno.test("an endpoint without an answer in attempt_timeout is given up; with all of them it is 504", () => {
  const world = new HttpWorld({ ...FANOUT, attemptTimeoutMs: 2_000 });
  const client = world.client(request());
  const connections = openAll(world);
  world.advance(2_000);
  assert.deepEqual(connections.map(({ ended }) => ended), ["reset", "reset", "reset"]);
  assert.equal(read(client.read()).status, 504);
  client.fail();
  world.fake.assertAllGone();
});

Deno.test("a client that is gone gives up all of them", () => {
  const world = new HttpWorld(FANOUT);
  const client = world.client(request());
  const first = world.open(1);
  client.fail();
  assert.equal(first.ended, "reset");
  assert.deepEqual(world.connecting, []);
  world.fake.assertAllGone();
});
