import assert from "node:assert/strict";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { answer, chunks, HttpWorld, read, request } from "../http_world.ts";

Deno.test("a request goes to an endpoint in one write, its answer to the client in one", () => {
  const world = new HttpWorld();
  const client = world.client(request("GET", "/a?b=c", ["Connection: X-Gone", "X-Gone: 1", "X-Kept: 2"]));
  const connection = world.open(1);
  const asked = read(connection.read());
  assert.match(asked.head, /^GET \/a\?b=c HTTP\/1\.1\r\n/);
  assert.match(asked.head, /\r\nHost: e1\.test\r\n/);
  assert.match(asked.head, /\r\nX-Kept: 2\r\n/);
  assert.match(asked.head, /\r\nX-Forwarded-For: 203\.0\.113\.7\r\n/);
  assert.match(asked.head, /\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 5001\r\n/);
  assert.match(asked.head, /\r\nVia: 1\.1 fproxy$/);
  assert.ok(!asked.head.includes("X-Gone"));
  assert.equal(connection.writes, 1);
  connection.send(answer(200, "hello", ["X-Answer: 1", "Connection: keep-alive", "Keep-Alive: timeout=5"]));
  const got = read(client.read());
  assert.deepEqual([got.status, got.body], [200, "hello"]);
  assert.match(got.head, /\r\nX-Answer: 1\r\n/);
  assert.ok(!/keep-alive/i.test(got.head));
  assert.equal(client.writes, 1);
});

Deno.test("the client's and the endpoint's connections carry one request after another", () => {
  const world = new HttpWorld({}, { targets: [endpoint(1)] });
  const client = world.client(request("GET", "/0"));
  const connection = world.open(1);
  for (let i = 0; i < 5; i++) {
    assert.ok(connection.read().startsWith(`GET /${i} `));
    connection.send(answer(200, `${i}`));
    assert.equal(read(client.read()).body, `${i}`);
    client.send(request("GET", `/${i + 1}`));
  }
  assert.deepEqual(world.asked, [1]);
});

Deno.test("an answer streams as it comes", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const connection = world.open(1);
  connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  assert.equal(read(client.read()).status, 200);
  for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
    connection.send(chunks(event));
    assert.equal(client.read(), chunks(event));
    world.advance(60_000);
  }
  connection.send("0\r\n\r\n");
  assert.equal(client.read(), "0\r\n\r\n");
  assert.equal(client.ended, null);
  assert.equal(world.record.close_reason, "done");
});

Deno.test("an answer without a Date gets one, and no other field of its endpoint's is added", () => {
  const world = new HttpWorld();
  const own = new Date(world.fake.clock.wallTime()).toUTCString();
  const others = "Mon, 01 Jan 2024 00:00:00 GMT";
  for (const [fields, date] of [[[], own], [[`DATE: ${others}`], others]] as const) {
    const client = world.client(request());
    world.open(Number(world.asked.at(-1))).send(`HTTP/1.1 103 Hints\r\n\r\n${answer(200, "x", fields)}`);
    const [interim = "", ...rest] = client.read().split("\r\n\r\n");
    assert.doesNotMatch(interim, /date:/i);
    assert.deepEqual(rest.join("\r\n\r\n").match(/(?<=\r\ndate: ).*(?=\r\n)/gi), [date]);
  }
});

Deno.test("trailers are passed on", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  world.open(1).send(
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks("x")}0\r\nX-Sum: 1\r\n\r\n`,
  );
  assert.equal(read(client.read()).body, `${chunks("x")}0\r\nX-Sum: 1\r\n\r\n`);
});

Deno.test("an answer that its connection ends is chunked for HTTP/1.1, and the client's connection goes on", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const connection = world.open(1);
  connection.send("HTTP/1.0 200 OK\r\n\r\npart one");
  connection.send(" and two");
  assert.equal(read(client.read()).body, chunks("part one", " and two"));
  connection.sendFin();
  assert.equal(client.read(), "0\r\n\r\n");
  assert.equal(client.ended, null);
  world.advance(0);
  assert.equal(connection.ended, "close");
});

Deno.test("an answer of unknown length ends an HTTP/1.0 client's connection, chunks taken off", () => {
  const world = new HttpWorld();
  const client = world.client("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  world.open(1).send(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks("one", "two")}0\r\n\r\n`);
  const got = read(client.read());
  assert.equal(got.body, "onetwo");
  assert.match(got.head, /\r\nConnection: close/);
  assert.ok(client.finSent || client.ended === "close");
});

Deno.test("HTTP/1.0 connections go on where the client asks for it", () => {
  const world = new HttpWorld();
  const client = world.client("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  world.open(1).send(answer(200, "x"));
  assert.match(read(client.read()).head, /\r\nConnection: keep-alive/);
  assert.equal(client.ended, null);
  client.send("GET / HTTP/1.0\r\n\r\n");
  world.open(2).send(answer(200, "y"));
  assert.match(read(client.read()).head, /\r\nConnection: close/);
  assert.equal(client.ended, "close");
});

Deno.test("a client that asks for the end gets it after its answer", () => {
  const world = new HttpWorld();
  const client = world.client(request("GET", "/", ["Connection: close"]));
  world.open(1).send(answer(200, "x"));
  assert.match(read(client.read()).head, /\r\nConnection: close/);
  assert.equal(client.ended, "close");
  world.advance(30_000);
  world.fake.assertAllGone();
});

Deno.test("answers to HEAD, and those with 204 and 304, have no body", () => {
  const world = new HttpWorld();
  const client = world.client(request("HEAD"));
  world.open(1).send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  assert.match(read(client.read()).head, /Content-Length: 5/);
  client.send(request());
  world.open(2).send("HTTP/1.1 204 None\r\n\r\n");
  assert.equal(read(client.read()).status, 204);
  client.send(request());
  world.open(3).send("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n");
  assert.equal(read(client.read()).status, 304);
  assert.deepEqual(world.records.map(({ close_reason }) => close_reason), ["done", "done", "done"]);
});

Deno.test("requests in one piece are answered one after another, in order", () => {
  const world = new HttpWorld();
  const client = world.client(request("GET", "/1") + request("GET", "/2") + request("GET", "/3"));
  assert.deepEqual(world.asked, [1]);
  assert.ok(client.isPaused, "what is not needed yet is not read");
  world.open(1).send(answer(200, "one"));
  assert.equal(read(client.read()).body, "one");
  assert.deepEqual(world.asked, [1, 2]);
  world.open(2).send(answer(200, "two"));
  world.open(3).send(answer(200, "three"));
  assert.match(client.read(), /two[^]*three$/);
  assert.ok(!client.isPaused);
});

Deno.test("thousands of requests in one piece that are answered here do not overflow the stack", () => {
  const world = new HttpWorld({}, { targets: [] });
  const client = world.client(request().repeat(3_000));
  assert.equal(client.read().split("HTTP/1.1 503").length, 3_001);
});

Deno.test("a client that takes no answers gets no more of them", () => {
  const world = new HttpWorld();
  const client = world.client();
  client.isFull = true;
  client.send(request().repeat(4));
  world.open(1).send(answer(200, "x"));
  assert.deepEqual(world.asked, [1]);
  client.drain();
  world.advance(0);
  assert.deepEqual(world.asked, [1, 2]);
});

Deno.test("a client that takes an answer slowly holds its endpoint back", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const connection = world.open(1);
  client.isFull = true;
  connection.send(`HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\n${"a".repeat(10_000)}`);
  assert.ok(connection.isPaused);
  connection.send("b".repeat(10_000));
  const delivered = connection.delivered;
  assert.equal(delivered % 10_000, 42);
  client.drain();
  world.advance(0);
  assert.equal(connection.delivered, delivered + 10_000);
  connection.send("c".repeat(10_000));
  assert.equal(read(client.read()).body.length, 30_000);
  assert.equal(client.ended, null);
});

Deno.test("a half-closed client gets its answer", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const connection = world.open(1);
  client.sendFin();
  assert.equal(connection.ended, null);
  connection.send(answer(200, "x"));
  assert.equal(read(client.read()).body, "x");
  assert.equal(client.ended, "close");
});

Deno.test("a client that sent its FIN gets nothing but its answer, while the system looks whether it is there", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const connection = world.open(1);
  assert.equal(client.isProbed, false);
  client.sendFin();
  assert.equal(client.isProbed, true);
  world.advance(7_000);
  assert.equal(client.read(), "");
  connection.send(answer(200, "x"));
  assert.equal(read(client.read()).status, 200);
  assert.equal(client.ended, "close");
  world.advance(31_000);
  world.fake.assertAllGone();
});

Deno.test("a client that sent its FIN and is found to be gone takes its endpoint's work along", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const connection = world.open(1);
  client.sendFin();
  client.fail();
  assert.equal(connection.ended, "reset");
  assert.equal(world.record.close_reason, "client_abort");
  world.fake.assertAllGone();
});

Deno.test("a client that sent its FIN is given up after half_close_timeout without a byte for it", () => {
  const policy = { halfCloseTimeoutMs: 5_000, idleTimeoutMs: 0 };
  for (const hasBegun of [false, true]) {
    const world = new HttpWorld({}, { policy });
    const client = world.client(request());
    const connection = world.open(1);
    if (hasBegun) connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    client.sendFin();
    world.advance(4_000);
    if (hasBegun) connection.send("part");
    world.advance(hasBegun ? 4_999 : 999);
    assert.equal(connection.ended, null);
    world.advance(1);
    assert.equal(connection.ended, "reset");
    assert.equal(world.record.close_reason, "client_abort");
    world.fake.assertAllGone();
  }
});

Deno.test("a client that is gone takes its endpoint's work along", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const connection = world.open(1);
  client.fail();
  assert.equal(connection.ended, "reset");
  assert.equal(world.record.close_reason, "client_abort");
  world.fake.assertAllGone();
});

Deno.test("an answer that breaks off does not look whole", () => {
  const heads = ["Content-Length: 100\r\n\r\npart", `Transfer-Encoding: chunked\r\n\r\n${chunks("1234")}`];
  for (const head of heads) {
    for (const how of ["fin", "reset"]) {
      const world = new HttpWorld();
      const client = world.client(request());
      const connection = world.open(1);
      connection.send(`HTTP/1.1 200 OK\r\n${head}`);
      if (how === "fin") connection.sendFin();
      else connection.fail();
      assert.equal(client.ended, "close");
      assert.ok(!client.read().endsWith("0\r\n\r\n"));
      assert.deepEqual([world.record.close_reason, world.record.status], ["target_abort", 200]);
      assert.deepEqual(world.asked, [1]);
    }
  }
});

Deno.test("an answer that its connection should have ended, and a reset did, ends by a reset for HTTP/1.0", () => {
  const world = new HttpWorld();
  const client = world.client("GET / HTTP/1.0\r\n\r\n");
  const connection = world.open(1);
  connection.send("HTTP/1.1 200 OK\r\n\r\npart");
  connection.fail();
  assert.equal(client.ended, "reset");
});
