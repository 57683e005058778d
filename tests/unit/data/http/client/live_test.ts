import assert from "node:assert/strict";
import type { LiveSession } from "../../../../../src/model/live_session.ts";
import { answer, HttpWorld, read, request } from "../http_world.ts";

const UPGRADE = ["Connection: Upgrade", "Upgrade: websocket"];
const SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

function session(world: HttpWorld, cuts = false): LiveSession {
  const filter = { app: null, target: null, client: null, id: null };
  const cut = cuts ? "admin" : null;
  world.fake.thread.handle({ type: "sessions", query: { number: 1, filter, after: -1, limit: 10, cut } });
  const [one] = world.fake.reported("sessions").at(-1)?.sessions ?? [];
  assert.ok(one);
  return one;
}

Deno.test("an HTTP connection is described by its request under way", () => {
  const world = new HttpWorld();
  const client = world.client();
  let one = session(world);
  assert.deepEqual([one.target, one.requests, one.bytesIn, one.bytesOut], [null, 0, 0, 0]);
  client.send(request("GET", "/"));
  const endpoint = world.open(1);
  one = session(world);
  assert.deepEqual([one.target, one.requests, one.bytesIn], ["10.0.0.1:80", 0, request("GET", "/").length]);
  endpoint.send(answer(200, "done"));
  one = session(world);
  assert.deepEqual([one.target, one.requests, one.bytesIn, one.bytesOut], [null, 1, 0, 0]);
  // Ids of requests begin with the connection's.
  assert.ok(String(world.record.id).startsWith(one.id));
});

Deno.test("an idle connection that is cut is closed, one with a request under way answers nothing more", () => {
  const idle = new HttpWorld();
  const client = idle.client(request());
  idle.open(1).send(answer(200, "x"));
  assert.equal(read(client.read()).status, 200);
  session(idle, true);
  idle.fake.assertAllGone();
  const busy = new HttpWorld();
  busy.client(request());
  const endpoint = busy.open(1);
  session(busy, true);
  assert.equal(busy.record.close_reason, "admin");
  assert.notEqual(endpoint.ended, null);
  busy.fake.assertAllGone();
});

Deno.test("a tunnel tells its endpoint and bytes, and is cut on both sides", () => {
  const world = new HttpWorld();
  world.client(request("GET", "/chat", UPGRADE));
  world.open(1).send(SWITCHED);
  world.fake.engine.relayed.move(7, 9);
  const one = session(world, true);
  assert.deepEqual([one.target, one.bytesIn, one.bytesOut], ["10.0.0.1:80", 7, 9]);
  assert.equal(world.record.close_reason, "admin");
  world.fake.assertAllGone();
});
