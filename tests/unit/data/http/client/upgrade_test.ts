import assert from "node:assert/strict";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { answer, HttpWorld, read, request, WEB } from "../http_world.ts";

const ASK = ["Connection: Upgrade", "Upgrade: websocket"];
const SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

Deno.test("a 101 makes a tunnel, with what both sides sent already", () => {
  const world = new HttpWorld();
  const client = world.client(`${request("GET", "/chat", ASK)}early`);
  const first = world.open(1);
  assert.match(first.read(), /\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/);
  assert.equal(first.read(), "", "no tunnel before the 101");
  first.send(`${SWITCHED}hello`);
  const got = read(client.read());
  assert.deepEqual([got.status, got.body], [101, "hello"]);
  assert.equal(first.read(), "early");
  const relay = world.fake.engine.relayed;
  assert.deepEqual([relay.client, relay.target], [client, first]);
  relay.move(100, 200);
  world.advance(5_000);
  assert.equal(world.fake.sum(101, "held"), 1);
  relay.finish("done");
  const { status, close_reason, bytes_in, bytes_out, duration_ms } = world.record;
  assert.deepEqual([status, close_reason, duration_ms], [101, "done", 5_000]);
  assert.equal(bytes_in, request("GET", "/chat", ASK).length + "early".length + 100);
  assert.equal(bytes_out, got.head.length + "\r\n\r\nhello".length + 200);
  world.fake.assertAllGone();
});

Deno.test("another answer is an ordinary answer, also to the next endpoint's", () => {
  const world = new HttpWorld();
  const client = world.client(request("GET", "/", ASK));
  world.open(1).send(answer(503, "no"));
  world.open(2).send(answer(403, "never"));
  assert.equal(read(client.read()).body, "never");
  assert.equal(world.fake.engine.relays.length, 0);
  assert.equal(client.ended, null);
});

Deno.test("an upgrade never fans out", () => {
  const world = new HttpWorld({ dispatch: "fanout" });
  world.client(request("GET", "/", ASK));
  assert.deepEqual(world.asked, [1]);
});

Deno.test("a 101 that nobody asked for is no answer", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  const first = world.open(1);
  first.send(SWITCHED);
  assert.equal(first.ended, "reset");
  world.open(2).send(answer(200, "x"));
  assert.equal(read(client.read()).body, "x");
});

Deno.test("a tunnel has the times of a TCP session", () => {
  const world = new HttpWorld({}, { policy: { idleTimeoutMs: 30_000, drainTimeoutMs: 10_000 } });
  world.client(request("GET", "/", ASK));
  world.open(1).send(SWITCHED);
  world.advance(29_999);
  assert.equal(world.fake.engine.relayed.ended, null);
  world.advance(1);
  assert.equal(world.fake.engine.relayed.ended, "stopped_close");
  assert.equal(world.record.close_reason, "idle_timeout");
  world.fake.assertAllGone();
});

Deno.test("a tunnel whose endpoint or app is removed drains as a TCP session", () => {
  const world = new HttpWorld({}, { policy: { drainTimeoutMs: 10_000 } });
  world.client(request("GET", "/", ASK));
  world.open(1).send(SWITCHED);
  world.change({ targets: [endpoint(2)] });
  world.advance(10_000);
  assert.equal(world.fake.engine.relayed.ended, "stopped_close");
  assert.equal(world.record.close_reason, "drain");
  assert.equal(world.fake.closed(WEB, "drain"), 1);
  world.fake.assertAllGone();
});
