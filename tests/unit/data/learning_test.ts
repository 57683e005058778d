import assert from "node:assert/strict";
import { Board, Shared } from "../../../src/model/board.ts";
import { FakeThread } from "../../kit/fake_thread.ts";
import { httpApp } from "../../kit/http_snapshots.ts";
import { app, target } from "../../kit/snapshots.ts";
import { request } from "./http/http_world.ts";

const STRATEGY = { type: "least_latency", decayMs: 10_000 };
const ONE = [target(1)];

/** What is known of target 1, in milliseconds. */
function known(fake: FakeThread): number {
  return Atomics.load(fake.board.words, Board.word(101, Shared.latency)) / 1000;
}

function tcpThread(strategy = STRATEGY): FakeThread {
  const fake = new FakeThread();
  fake.apply([{ ...app({ targets: ONE }), strategy }]);
  return fake;
}

Deno.test("the time to connect is learnt, of each attempt by itself", () => {
  const fake = tcpThread();
  fake.client();
  fake.clock.advance(12);
  fake.engine.attempt.open();
  assert.equal(known(fake), 12);
});

Deno.test("a target that cannot be reached counts as slow, and a backup as any other", () => {
  const fake = tcpThread();
  fake.client();
  fake.clock.advance(3);
  fake.engine.attempt.fail();
  assert.equal(known(fake), 1_000);
  fake.apply([{ ...app({ targets: [target(1, { backup: true })] }), strategy: STRATEGY }]);
  fake.client();
  fake.clock.advance(2_000);
  fake.engine.attempt.fail();
  assert.equal(known(fake), 2_000);
});

Deno.test("other strategies learn nothing", () => {
  const fake = tcpThread({ ...STRATEGY, type: "random_two_choices" });
  fake.client();
  fake.clock.advance(12);
  fake.engine.attempt.open();
  assert.equal(known(fake), 0);
});

Deno.test("a lack of descriptors is not the target's", () => {
  const fake = tcpThread();
  fake.client();
  fake.engine.attempt.fail("exhausted");
  assert.equal(known(fake), 0);
});

function httpThread(): FakeThread {
  const fake = new FakeThread();
  fake.apply([{ ...httpApp({ http: { terminalResponses: [200] } }), strategy: STRATEGY }]);
  return fake;
}

/** Which endpoint was asked last, and its time so far in milliseconds. */
function asked(fake: FakeThread): { readonly known: number } {
  const n = Number(fake.engine.attempt.address.ip.split(".").at(-1));
  return { known: Atomics.load(fake.board.words, Board.word(100 + n, Shared.latency)) / 1000 };
}

Deno.test("in HTTP mode it is the time from the whole request to the head of a terminal answer", () => {
  const fake = httpThread();
  const client = fake.client();
  client.send(request("PUT", "/", ["Content-Length: 2"]));
  fake.clock.advance(500);
  client.send("ab");
  fake.clock.advance(4);
  const endpoint = fake.engine.attempt.open();
  fake.clock.advance(30);
  endpoint.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
  fake.clock.advance(900);
  endpoint.send("x");
  assert.equal(asked(fake).known, 34);
});

Deno.test("in HTTP mode an answer that is not terminal counts as slow, however soon it came", () => {
  const fake = httpThread();
  fake.client().send(request());
  const endpoint = fake.engine.attempt.open();
  const before = asked(fake);
  endpoint.send("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
  const failed = [1, 2, 3].map((n) => Atomics.load(fake.board.words, Board.word(100 + n, Shared.latency)));
  assert.equal(before.known, 0);
  assert.deepEqual(failed.filter((us) => us > 0), [1_000_000]);
});
