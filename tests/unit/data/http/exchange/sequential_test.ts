import assert from "node:assert/strict";
import { Admin, Health, TargetWords } from "../../../../../src/model/target_words.ts";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { answer, HttpWorld, read, request, WEB } from "../http_world.ts";

Deno.test("an endpoint that is not needed is never called", () => {
  const world = new HttpWorld();
  world.client(request());
  world.open(1).send(answer(200, "x"));
  world.advance(100_000);
  assert.deepEqual(world.asked, [1]);
  assert.deepEqual([world.record.attempts, world.record.endpoint, world.record.dispatch], [
    1,
    1,
    "sequential",
  ]);
});

Deno.test("an unusable answer, a failed connection and a closed one lead to the next endpoint", () => {
  for (const fate of ["answer", "refused", "closed", "reset", "garbage", "half a head"]) {
    const world = new HttpWorld();
    const client = world.client(request());
    if (fate === "refused") world.attempt(1).fail();
    else {
      const first = world.open(1);
      if (fate === "answer") first.send(answer(503, "busy"));
      if (fate === "closed") first.sendFin();
      if (fate === "reset") first.fail();
      if (fate === "garbage") first.send("SSH-2.0-OpenSSH_9.2\r\n");
      if (fate === "half a head") {
        first.send("HTTP/1.1 200 OK\r\nContent-");
        first.sendFin();
      }
    }
    world.open(2).send(answer(200, "good"));
    assert.equal(read(client.read()).body, "good", fate);
    const { attempts, tried, endpoint: number, target } = world.record;
    assert.deepEqual([attempts, tried, number, target], [2, ["10.0.0.1:80"], 2, "10.0.0.2:80"], fate);
    assert.equal(world.fake.sum(WEB, "retries"), 1);
  }
});

Deno.test("an endpoint without an answer in attempt_timeout is left for the next", () => {
  const world = new HttpWorld({ attemptTimeoutMs: 2_000 });
  const client = world.client(request());
  const first = world.open(1);
  world.advance(1_999);
  assert.equal(first.ended, null);
  world.advance(1);
  assert.equal(first.ended, "reset");
  world.advance(2_000);
  assert.equal(world.attempt(2).outcome, "timed_out", "connecting counts too");
  world.open(3).send(answer(200, "late"));
  assert.equal(read(client.read()).body, "late");
});

Deno.test("an interim answer is no answer: the time runs on", () => {
  const world = new HttpWorld({ attemptTimeoutMs: 2_000 });
  const client = world.client(request());
  const first = world.open(1);
  first.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  world.advance(2_000);
  assert.equal(first.ended, "reset");
  world.open(2).send("HTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n");
  world.attempt(2);
  assert.equal(client.read(), "", "whose hints they are is not known yet");
});

Deno.test("interim answers of the endpoint that is taken come before its answer", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const first = world.open(1);
  first.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  first.send(answer(200, "x"));
  const text = client.read();
  assert.match(text, /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>\r\n[^]*\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
});

Deno.test("interim answers go on at once where no other endpoint can follow, and never to HTTP/1.0", () => {
  for (const version of ["1.1", "1.0"]) {
    const world = new HttpWorld({}, { targets: [endpoint(1)] });
    const client = world.client(`GET / HTTP/${version}\r\nHost: a\r\n\r\n`);
    world.open(1).send("HTTP/1.1 103 Early Hints\r\n\r\n");
    assert.equal(client.read().startsWith("HTTP/1.1 103"), version === "1.1");
  }
});

Deno.test("when every endpoint failed the client gets the last answer that there was", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  world.open(1).send(answer(500, "first"));
  const second = world.open(2);
  second.send(answer(503, "second", ["Retry-After: 9"]));
  assert.ok(second.isPaused);
  world.attempt(3).fail();
  const got = read(client.read());
  assert.deepEqual([got.status, got.body], [503, "second"]);
  assert.match(got.head, /Retry-After: 9/);
  const { endpoint: number, close_reason, attempts, status } = world.record;
  assert.deepEqual([number, close_reason, attempts, status], [2, "done", 3, 503]);
  world.advance(0);
  assert.equal(second.ended, null);
  assert.ok(!second.isPaused, "its connection is used again");
});

Deno.test("a last answer that is longer than what was received is streamed on", () => {
  const world = new HttpWorld({}, { targets: [endpoint(1), endpoint(2)] });
  const client = world.client(request());
  const first = world.open(1);
  first.send(`HTTP/1.1 500 No\r\nContent-Length: 8\r\n\r\nhalf`);
  first.send("half");
  assert.equal(client.read(), "");
  world.attempt(2).fail();
  assert.equal(read(client.read()).body, "half");
  world.advance(0);
  assert.equal(client.read(), "half");
});

Deno.test("the answer that was kept is thrown away when a better one comes", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const first = world.open(1);
  first.send(`HTTP/1.1 500 No\r\nContent-Length: 1000\r\n\r\nstart`);
  const second = world.open(2);
  second.send(`HTTP/1.1 500 No\r\nContent-Length: 1000000\r\n\r\nstart`);
  world.advance(0);
  assert.equal(first.ended, null, "a small one is read to its end");
  first.send("x".repeat(995));
  world.open(3).send(answer(200, "good"));
  assert.equal(read(client.read()).body, "good");
  assert.equal(second.ended, "reset", "a large one is not");
  client.send(request());
  assert.equal(world.fake.engine.attempts.length, 3);
  assert.match(first.read(), /GET \/ [^]*GET \/ /);
});

Deno.test("on_exhausted 500 and 502 tell nothing of the endpoints' answers", () => {
  for (const onExhausted of [500, 502] as const) {
    const world = new HttpWorld({ onExhausted });
    const client = world.client(request("GET", "/", ["Accept: text/plain"]));
    for (const n of [1, 2, 3]) world.open(n).send(answer(503, "secret"));
    const got = read(client.read());
    assert.equal(got.status, onExhausted);
    assert.match(got.body, /^50\d .*No endpoint gave a usable answer\n$/);
    assert.equal(client.ended, null);
    assert.deepEqual([world.record.endpoint, world.record.close_reason], [null, "target_abort"]);
  }
});

Deno.test("without any answer the client gets 502, and JSON where it takes it", () => {
  const world = new HttpWorld();
  const client = world.client(request("GET", "/", ["Accept: application/json"]));
  for (const n of [1, 2, 3]) world.attempt(n).fail();
  const got = read(client.read());
  assert.equal(got.status, 502);
  assert.deepEqual(JSON.parse(got.body), {
    status: 502,
    code: "no_usable_answer",
    message: "No endpoint gave a usable answer",
  });
  assert.equal(world.record.close_reason, "connect_failed");
});

Deno.test("when the time of the last endpoint ran out the client gets 504", () => {
  const world = new HttpWorld({ attemptTimeoutMs: 2_000 });
  const client = world.client(request());
  for (const n of [1, 2, 3]) {
    world.open(n);
    world.advance(2_000);
  }
  assert.equal(read(client.read()).status, 504);
  assert.deepEqual([world.record.close_reason, world.record.status], ["idle_timeout", 504]);
});

Deno.test("request_timeout is for all endpoints together", () => {
  const world = new HttpWorld({ attemptTimeoutMs: 2_000, requestTimeoutMs: 5_000 });
  const client = world.client(request());
  for (const n of [1, 2]) {
    world.open(n);
    world.advance(2_000);
  }
  const third = world.open(3);
  world.advance(999);
  assert.equal(client.read(), "");
  world.advance(1);
  assert.equal(read(client.read()).status, 504);
  assert.equal(third.ended, "reset");
  client.fail();
  world.fake.assertAllGone();
});

Deno.test("the kept answer is given when request_timeout is over", () => {
  const world = new HttpWorld({ requestTimeoutMs: 5_000 });
  const client = world.client(request());
  world.open(1).send(answer(500, "kept"));
  world.open(2);
  world.advance(5_000);
  assert.equal(read(client.read()).body, "kept");
});

Deno.test("without an available endpoint the client gets 503", () => {
  const world = new HttpWorld({}, { targets: [endpoint(1, { addresses: [] })] });
  const client = world.client(request());
  assert.equal(read(client.read()).status, 503);
  assert.equal(world.record.close_reason, "no_target");
  assert.equal(client.ended, null);
});

Deno.test("backups come after the others, none twice, and endpoints that are down not at all", () => {
  const world = new HttpWorld({}, {
    targets: [endpoint(1), endpoint(2, { backup: true }), endpoint(3)],
  });
  new TargetWords(world.fake.board).setHealth(101, Health.down);
  world.client(request());
  for (const n of [3, 2]) world.attempt(n).fail();
  assert.deepEqual(world.asked, [3, 2]);
  assert.equal(world.record.status, 502);
});

Deno.test("when all endpoints are down the client gets 503 and nobody is asked, however requests are dispatched", () => {
  for (const dispatch of ["sequential", "fanout", "hedged"] as const) {
    const world = new HttpWorld({ dispatch }, { targets: [endpoint(1), endpoint(2, { backup: true })] });
    const words = new TargetWords(world.fake.board);
    for (const slot of [101, 102]) words.setHealth(slot, Health.down);
    const client = world.client(request());
    assert.equal(read(client.read()).status, 503);
    assert.deepEqual(world.asked, []);
    words.setHealth(101, Health.up);
    client.send(request());
    world.open(1).send(answer(200, "back"));
    assert.equal(read(client.read()).body, "back");
  }
});

Deno.test("an endpoint that an operator took out is not asked, nor one that is full", () => {
  const world = new HttpWorld({}, { targets: [endpoint(1), endpoint(2, { maxConnections: 1 })] });
  new TargetWords(world.fake.board).setAdmin(101, Admin.maint);
  const first = world.client(request());
  assert.deepEqual(world.asked, [2]);
  const second = world.client(request());
  assert.equal(read(second.read()).status, 503);
  world.open(2).send(answer(200, "x"));
  assert.equal(read(first.read()).body, "x");
  second.send(request());
  assert.deepEqual(world.asked, [2], "its connection is used again");
});

Deno.test("terminal_responses says what is usable", () => {
  const world = new HttpWorld({ terminalResponses: [200, 404] });
  const client = world.client(request());
  world.open(1).send(answer(403, "no"));
  world.open(2).send(answer(404, "none"));
  assert.equal(read(client.read()).body, "none");
  assert.deepEqual(world.asked, [1, 2]);
});

Deno.test("a method that is not idempotent goes to one endpoint, unless no connection was made", () => {
  const world = new HttpWorld();
  const client = world.client(request("POST", "/", [], "pay"));
  world.attempt(1).fail();
  const second = world.open(2);
  second.sendFin();
  assert.equal(read(client.read()).status, 502);
  assert.deepEqual(world.asked, [1, 2]);
  client.send(request("POST", "/", [], "pay"));
  world.open(3).send(answer(503, "busy"));
  assert.equal(read(client.read()).body, "busy");
  assert.deepEqual(world.asked, [1, 2, 3]);
});

Deno.test("replay: all lets such a request go to the next endpoint", () => {
  const world = new HttpWorld({ replay: "all" });
  const client = world.client(request("POST", "/", [], "pay"));
  world.open(1).send(answer(500, "busy"));
  const second = world.open(2);
  assert.equal(read(second.read()).body, "pay");
  second.send(answer(200, "paid"));
  assert.equal(read(client.read()).body, "paid");
});

Deno.test("answers and requests are counted by app and by endpoint", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  world.open(1).send(answer(500, "x"));
  world.open(2).send(answer(404, "x"));
  client.send(request());
  world.open(3).send(answer(200, "x"));
  const { totals } = world.fake;
  const classes = (slot: number): number[] => [0, 1, 2, 3, 4].map((i) => totals.sum(slot, 9 + i));
  assert.deepEqual(classes(WEB), [0, 1, 0, 1, 0]);
  assert.deepEqual([classes(101), classes(102), classes(103)], [
    [0, 0, 0, 0, 1],
    [0, 0, 0, 1, 0],
    [0, 1, 0, 0, 0],
  ]);
  assert.deepEqual([WEB, 101, 102, 103].map((slot) => world.fake.sum(slot, "requests")), [2, 1, 1, 1]);
});
