import assert from "node:assert/strict";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { answer, chunks, HttpWorld, read, request } from "../http_world.ts";

const SMALL = { replay: "all", maxReplayBodyBytes: 1_000 } as const;

function post(length: number, fields: readonly string[] = []): string {
  return request("POST", "/", [...fields, `Content-Length: ${length}`]);
}

Deno.test("a small body goes with its head in one write", () => {
  const world = new HttpWorld();
  world.client(request("POST", "/", [], "hello"));
  const first = world.open(1);
  assert.equal(first.writes, 1);
  assert.equal(read(first.read()).body, "hello");
  first.send(answer(200, "x"));
  assert.equal(world.record.replay, "kept");
});

Deno.test("a body that is kept is sent again, as far as it has come, and goes on to the next endpoint", () => {
  const world = new HttpWorld(SMALL);
  const client = world.client(`${post(10)}hello`);
  const first = world.open(1);
  assert.equal(read(first.read()).body, "hello");
  first.send(answer(500, "no"));
  const second = world.open(2);
  assert.equal(read(second.read()).body, "hello");
  client.send("world");
  assert.equal(second.read(), "world");
  second.send(answer(200, "yes"));
  assert.equal(read(client.read()).body, "yes");
  assert.equal(world.record.replay, "kept");
});

Deno.test("a chunked body is sent again with its trailers", () => {
  const world = new HttpWorld(SMALL);
  const body = `${chunks("hello", "world")}0\r\nX-Sum: 1\r\n\r\n`;
  world.client(request("POST", "/", ["Transfer-Encoding: chunked"]) + body);
  const first = world.open(1);
  assert.equal(read(first.read()).body, body);
  first.fail();
  assert.equal(read(world.open(2).read()).body, body);
});

Deno.test("a large body is streamed to one endpoint, which holds the client back", () => {
  const world = new HttpWorld(SMALL);
  const client = world.client(`${post(50_000)}${"a".repeat(10_000)}`);
  assert.ok(client.isPaused, "not read before there is a connection");
  const first = world.open(1);
  assert.equal(read(first.read()).body.length, 10_000);
  assert.ok(!client.isPaused);
  first.isFull = true;
  client.send("b".repeat(10_000));
  assert.ok(client.isPaused);
  client.send("c".repeat(10_000));
  assert.equal(first.read().length, 10_000);
  first.drain();
  world.advance(0);
  assert.equal(first.read().length, 10_000);
  client.send("d".repeat(20_000));
  first.send(answer(201, "stored"));
  assert.equal(read(client.read()).body, "stored");
  assert.deepEqual([world.record.replay, world.record.status], ["streamed", 201]);
  assert.equal(world.record.bytes_in, 50_000 + post(50_000).length);
});

Deno.test("a streamed body meets the next endpoint only when no connection was made", () => {
  const world = new HttpWorld(SMALL);
  const client = world.client(`${post(50_000)}${"a".repeat(10_000)}`);
  world.attempt(1).fail();
  const second = world.open(2);
  world.advance(0);
  second.sendFin();
  const got = read(client.read());
  assert.equal(got.status, 502);
  assert.match(got.head, /\r\nConnection: close/);
  assert.deepEqual(world.asked, [1, 2]);
});

Deno.test("a chunked body that grows beyond what is kept is streamed from there on", () => {
  const world = new HttpWorld(SMALL);
  const client = world.client(
    request("PUT", "/", ["Transfer-Encoding: chunked"]) + chunks("a".repeat(500)),
  );
  const first = world.open(1);
  first.read();
  client.send(chunks("b".repeat(900)));
  assert.equal(first.read(), chunks("b".repeat(900)));
  client.send(`${chunks("c".repeat(900))}0\r\n\r\n`);
  assert.equal(first.read(), `${chunks("c".repeat(900))}0\r\n\r\n`);
  first.send(answer(500, "no"));
  assert.equal(read(client.read()).body, "no");
  assert.deepEqual(world.asked, [1]);
  assert.equal(world.record.replay, "streamed");
});

Deno.test("before the head of a large body is sent, no more of it is read than one piece", () => {
  const world = new HttpWorld(SMALL);
  const client = world.client(post(100_000));
  for (let i = 0; i < 10; i++) client.send("x".repeat(1_000));
  assert.equal(client.delivered, post(100_000).length);
  world.open(1);
  world.advance(0);
  assert.equal(client.delivered, post(100_000).length + 10_000);
});

Deno.test("an answer that comes before the body is whole ends the client's connection, its body listened to", () => {
  const world = new HttpWorld(SMALL);
  const client = world.client(`${post(50_000)}${"a".repeat(10_000)}`);
  const first = world.open(1);
  world.advance(0);
  first.send(answer(413, "too much"));
  const got = read(client.read());
  assert.equal(got.status, 413);
  assert.match(got.head, /\r\nConnection: close/);
  assert.ok(client.finSent);
  assert.equal(client.ended, null);
  assert.equal(first.ended, "reset");
  client.send("b".repeat(10_000));
  client.sendFin();
  world.advance(0);
  assert.equal(client.ended, "close");
  world.fake.assertAllGone();
});

Deno.test("an answer may begin while the body still comes", () => {
  const world = new HttpWorld(SMALL);
  const client = world.client(`${post(20_000)}${"a".repeat(10_000)}`);
  const first = world.open(1);
  world.advance(0);
  first.read();
  first.send(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks("one")}`);
  assert.equal(read(client.read()).body, chunks("one"));
  client.send("b".repeat(10_000));
  assert.equal(first.read().length, 10_000);
  first.send(`${chunks("two")}0\r\n\r\n`);
  assert.equal(client.read(), `${chunks("two")}0\r\n\r\n`);
  assert.equal(world.record.close_reason, "done");
});

Deno.test("a body that is broken is refused, and its endpoint never sees it end", () => {
  const world = new HttpWorld();
  const client = world.client(request("POST", "/", ["Transfer-Encoding: chunked"]) + chunks("good"));
  const first = world.open(1);
  first.read();
  client.send("zz\r\nbad\r\n0\r\n\r\n");
  assert.equal(read(client.read()).status, 400);
  assert.equal(first.ended, "reset");
  assert.equal(first.read(), "");
  assert.equal(world.record.close_reason, "denied");
});

Deno.test("a client that ends within its body takes the endpoint's work along", () => {
  const world = new HttpWorld();
  const client = world.client(`${post(10)}hello`);
  const first = world.open(1);
  client.sendFin();
  assert.equal(first.ended, "reset");
  assert.equal(read(client.read()).status, 400);
  assert.equal(client.ended, "close");
  assert.equal(world.record.close_reason, "client_abort");
});

Deno.test("Expect: 100-continue is passed on, and its 100 back, once", () => {
  for (const replay of ["idempotent", "all"] as const) {
    const world = new HttpWorld({ replay, dispatch: "fanout" });
    const client = world.client(post(5, ["Expect: 100-continue"]));
    const first = world.open(1);
    assert.match(first.read(), /\r\nExpect: 100-continue\r\n/);
    assert.equal(client.read(), "");
    first.send("HTTP/1.1 100 Continue\r\n\r\n");
    assert.equal(client.read(), "HTTP/1.1 100 Continue\r\n\r\n");
    if (replay === "all") {
      world.open(2).send("HTTP/1.1 100 Continue\r\n\r\n");
      assert.equal(client.read(), "");
    }
    client.send("hello");
    assert.equal(first.read(), "hello");
    first.send(answer(200, "x"));
    assert.match(client.read(), /^HTTP\/1\.1 200 OK/);
  }
});

Deno.test("a final answer instead of a 100 goes to the client, whose body is not waited for", () => {
  const world = new HttpWorld();
  const client = world.client(post(5_000, ["Expect: 100-continue"]));
  const first = world.open(1);
  first.send(answer(401, "who are you"));
  const got = read(client.read());
  assert.deepEqual([got.status, got.body], [401, "who are you"]);
  assert.match(got.head, /\r\nConnection: close/);
  assert.equal(first.ended, "reset", "it may still wait for the body");
  assert.ok(client.finSent);
});

Deno.test("an endpoint that says nothing to Expect has attempt_timeout, then the next is asked", () => {
  const world = new HttpWorld({ attemptTimeoutMs: 2_000, replay: "all" });
  const client = world.client(post(5, ["Expect: 100-continue"]));
  world.open(1);
  world.advance(2_000);
  const second = world.open(2);
  assert.match(second.read(), /\r\nExpect: 100-continue\r\n/);
  client.send("hello");
  assert.equal(second.read(), "hello");
});

Deno.test("the endpoints' time begins when the body has come, and a slow one is the client's", () => {
  const world = new HttpWorld({ attemptTimeoutMs: 2_000, requestTimeoutMs: 3_000, minBodyRate: 0 });
  const client = world.client(post(10));
  const first = world.open(1);
  for (let i = 0; i < 10; i++) {
    world.advance(10_000);
    client.send("x");
  }
  assert.equal(first.ended, null);
  world.advance(1_999);
  assert.equal(first.ended, null);
  world.advance(1);
  assert.equal(first.ended, "reset");
});

Deno.test("an endpoint that takes nothing of the body is given up after a minute", () => {
  const world = new HttpWorld(SMALL, { targets: [endpoint(1)] });
  const client = world.client(post(50_000));
  const first = world.open(1);
  first.isFull = true;
  client.send("x".repeat(10_000));
  world.advance(59_999);
  assert.equal(first.ended, null);
  world.advance(1);
  assert.equal(first.ended, "reset");
  assert.equal(read(client.read()).status, 504);
});

Deno.test("an unknown expectation is answered with 417, and no endpoint asked", () => {
  const world = new HttpWorld();
  const client = world.client(post(5, ["Expect: something"]));
  assert.equal(read(client.read()).status, 417);
  assert.deepEqual(world.asked, []);
});
