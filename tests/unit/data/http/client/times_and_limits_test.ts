import assert from "node:assert/strict";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { answer, HttpWorld, read, request, WEB } from "../http_world.ts";

Deno.test("a client that sends nothing is closed after header_timeout, without an answer", () => {
  const world = new HttpWorld({ headerTimeoutMs: 5_000 });
  const client = world.client();
  world.advance(4_999);
  assert.equal(client.ended, null);
  world.advance(1);
  assert.equal(client.ended, "close");
  assert.equal(client.read(), "");
  assert.equal(world.fake.closed(WEB, "idle_timeout"), 1);
  assert.deepEqual(world.records, []);
  world.fake.assertAllGone();
});

Deno.test("a head that dribbles in is answered with 408 after header_timeout in all", () => {
  const world = new HttpWorld({ headerTimeoutMs: 5_000 });
  const client = world.client();
  world.advance(3_000);
  client.send("GET / HT");
  for (let i = 0; i < 9; i++) {
    world.advance(500);
    client.send("T");
  }
  assert.equal(client.read(), "");
  world.advance(500);
  assert.equal(read(client.read()).status, 408);
  assert.ok(client.finSent);
  assert.deepEqual([world.record.status, world.record.method, world.record.close_reason], [
    408,
    "",
    "idle_timeout",
  ]);
});

Deno.test("between two requests a client may be idle for keep_alive_timeout, then it is closed silently", () => {
  const world = new HttpWorld({ headerTimeoutMs: 5_000, keepAliveTimeoutMs: 20_000 });
  const client = world.client(request());
  world.open(1).send(answer(200, "x"));
  client.read();
  world.advance(19_000);
  client.send(request());
  world.open(2).send(answer(200, "x"));
  client.read();
  world.advance(19_999);
  assert.equal(client.ended, null);
  world.advance(1);
  assert.equal(client.ended, "close");
  assert.equal(client.read(), "");
  assert.equal(world.fake.closed(WEB, "done"), 1);
});

Deno.test("the record of a later request whose head never came tells nothing of the request before", () => {
  const world = new HttpWorld({ headerTimeoutMs: 5_000 });
  const client = world.client(request());
  world.open(1).send(answer(200, "x"));
  assert.equal(world.record.path, "/");
  client.send(request().slice(0, 9));
  world.advance(5_000);
  const { status, method, path } = world.records.at(-1)!;
  assert.deepEqual([world.records.length, status, method, path], [2, 408, "", ""]);
});

Deno.test("the head of a later request has header_timeout too", () => {
  const world = new HttpWorld({ headerTimeoutMs: 5_000, keepAliveTimeoutMs: 20_000 });
  const client = world.client(request());
  world.open(1).send(answer(200, "x"));
  client.read();
  world.advance(10_000);
  client.send("G");
  world.advance(5_000);
  assert.equal(read(client.read()).status, 408);
});

Deno.test("a body that pauses for body_timeout, or is slower than min_body_rate, is answered with 408", () => {
  for (const [pauseMs, dueMs] of [[12_000, 12_000], [5_000, 15_000]] as const) {
    const world = new HttpWorld({ bodyTimeoutMs: 12_000, minBodyRate: 500 });
    const client = world.client(request("POST", "/", ["Content-Length: 60000"]));
    const first = world.open(1);
    for (let at = 0; at < dueMs; at += pauseMs) {
      assert.equal(client.read(), "", `${at} of ${dueMs}`);
      if (at > 0) client.send("x".repeat(2_500));
      world.advance(pauseMs);
    }
    assert.equal(read(client.read()).status, 408);
    assert.equal(first.ended, "reset");
    assert.equal(world.record.close_reason, "idle_timeout");
  }
});

Deno.test("a body of at least min_body_rate may take as long as it likes", () => {
  const world = new HttpWorld({ bodyTimeoutMs: 12_000, minBodyRate: 500 });
  const client = world.client(request("POST", "/", ["Content-Length: 60000"]));
  const first = world.open(1);
  for (let i = 0; i < 20; i++) {
    client.send("x".repeat(3_000));
    world.advance(5_000);
  }
  first.send(answer(200, "x"));
  assert.equal(read(client.read()).status, 200);
});

Deno.test("time in which the endpoint holds the body back is not the client's", () => {
  const world = new HttpWorld({ bodyTimeoutMs: 12_000, minBodyRate: 500 }, { targets: [endpoint(1)] });
  const client = world.client(request("POST", "/", ["Content-Length: 100000"]));
  const first = world.open(1);
  first.isFull = true;
  client.send("x".repeat(6_000));
  world.advance(50_000);
  assert.equal(client.read(), "");
  first.drain();
  world.advance(11_999);
  assert.equal(client.read(), "");
  world.advance(1);
  assert.equal(read(client.read()).status, 408);
});

Deno.test("a client that takes nothing of its answer is given up after a minute", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const first = world.open(1);
  client.isFull = true;
  first.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\npart");
  world.advance(59_999);
  assert.equal(client.ended, null);
  world.advance(1);
  assert.equal(client.ended, "close");
  assert.equal(first.ended, "reset");
  assert.equal(world.record.close_reason, "idle_timeout");
  world.fake.assertAllGone();
});

Deno.test("an endpoint that stops within its answer is given up after idle_timeout", () => {
  const world = new HttpWorld({}, { policy: { idleTimeoutMs: 90_000 } });
  const client = world.client(request());
  const first = world.open(1);
  first.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart");
  world.advance(50_000);
  first.send("b");
  world.advance(89_999);
  assert.equal(client.ended, null);
  world.advance(1);
  assert.equal(client.ended, "close");
});

Deno.test("too large a head, too many fields and too long a target are refused", () => {
  const cases = [
    [431, request("GET", "/", [`X-Large: ${"x".repeat(3_000)}`])],
    [431, request("GET", "/", Array.from({ length: 12 }, (_, i) => `X-${i}: 1`))],
    [414, request("GET", `/${"x".repeat(3_000)}`)],
  ] as const;
  for (const [status, text] of cases) {
    const world = new HttpWorld({ maxHeadBytes: 2_000, maxFields: 10 });
    const client = world.client(text);
    assert.equal(read(client.read()).status, status);
    assert.ok(client.finSent);
    assert.deepEqual(world.asked, []);
  }
});

Deno.test("an app with all the clients it may have answers 503", () => {
  const world = new HttpWorld({}, { policy: { maxConnections: 1 } });
  const first = world.client();
  const second = world.client();
  assert.equal(read(second.read()).status, 503);
  assert.equal(second.ended, "close");
  assert.equal(world.record.close_reason, "limit");
  first.sendFin();
  assert.equal(first.ended, "close");
  assert.equal(world.fake.closed(WEB, "limit"), 1);
  world.fake.assertAllGone();
});

Deno.test("after a refusal what the client still sends is thrown away, so that it can read the answer", () => {
  const world = new HttpWorld();
  const client = world.client("BAD\r\n\r\n");
  assert.equal(read(client.read()).status, 400);
  assert.ok(client.finSent);
  client.send("GET / HTTP/1.1\r\n\r\n".repeat(100));
  assert.equal(client.ended, null);
  world.advance(1_999);
  assert.equal(client.ended, null);
  world.advance(1);
  assert.equal(client.ended, "close");
  assert.deepEqual(world.asked, []);
  world.fake.assertAllGone();
});

Deno.test("but not more than 16 MiB of it", () => {
  const world = new HttpWorld();
  const client = world.client("BAD\r\n\r\n");
  for (let i = 0; i < 16; i++) client.send("x".repeat(1024 * 1024));
  assert.equal(client.ended, null);
  client.send("x");
  assert.equal(client.ended, "close");
});

Deno.test("max_connection_duration lets the request under way end, and the connection with it", () => {
  const world = new HttpWorld({}, { policy: { maxConnectionDurationMs: 30_000 } });
  const idle = world.client();
  idle.send(request());
  world.open(1).send(answer(200, "x"));
  const busy = world.client(request());
  const second = world.open(2);
  second.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
  world.advance(31_000);
  assert.equal(idle.ended, "close");
  assert.equal(busy.ended, null);
  second.send("x");
  world.advance(1_000);
  assert.equal(busy.ended, "close");
  assert.equal(world.fake.closed(WEB, "max_duration"), 2);
});

Deno.test("max_connection_duration ends what is still under way after drain_timeout", () => {
  const policy = { maxConnectionDurationMs: 30_000, drainTimeoutMs: 5_000 };
  const world = new HttpWorld({ attemptTimeoutMs: 60_000, requestTimeoutMs: 60_000 }, { policy });
  world.client(request());
  world.open(1);
  world.advance(35_001);
  assert.equal(world.record.close_reason, "max_duration");
  assert.equal(world.fake.closed(WEB, "max_duration"), 1);
  world.fake.assertAllGone();
});

Deno.test("one timer is enough for a busy connection, and none is left behind it", () => {
  const world = new HttpWorld({}, { targets: [endpoint(1)], policy: { accessLogSample: 0 } });
  const client = world.client(request());
  const first = world.open(1);
  for (let i = 0; i < 50; i++) {
    first.send(answer(200, "x"));
    client.send(request());
    world.advance(10);
    assert.equal(world.fake.clock.pendingTimers, 2, "the client's and the idle endpoint's");
  }
  first.send(answer(200, "x", ["Connection: close"]));
  client.sendFin();
  world.advance(31_000);
  assert.equal(world.fake.clock.pendingTimers, 0);
});
