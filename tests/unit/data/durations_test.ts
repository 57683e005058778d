import assert from "node:assert/strict";
import { type HistogramName, HISTOGRAMS } from "../../../src/model/histograms.ts";
import { FakeThread } from "../../kit/fake_thread.ts";
import { app } from "../../kit/snapshots.ts";
import { answer, HttpWorld, request, WEB } from "./http/http_world.ts";

function sumMs(fake: FakeThread, name: HistogramName): number {
  return fake.totals.histogram(WEB, HISTOGRAMS[name]).sumMs;
}

Deno.test("a TCP session counts the times of its connect, its first byte and all of it", () => {
  const fake = new FakeThread();
  fake.apply([app({})]);
  fake.client();
  fake.clock.advance(20);
  fake.engine.attempt.open();
  fake.clock.advance(300);
  fake.engine.relayed.move(0, 100);
  fake.clock.advance(1_000);
  fake.engine.relayed.finish("done");
  assert.deepEqual(
    (["connect", "firstByte", "connection", "request"] as const).map((name) => sumMs(fake, name)),
    [20, 320, 1_320, 0],
  );
});

Deno.test("a failed attempt counts no time, and the next one is timed from its own start", () => {
  const fake = new FakeThread();
  fake.apply([app({})]);
  fake.client();
  fake.clock.advance(50);
  fake.engine.attempt.fail();
  fake.clock.advance(7);
  fake.engine.attempt.open();
  assert.deepEqual([sumMs(fake, "connect"), fake.took(WEB, "connect")], [7, 1]);
});

Deno.test("a request counts from its whole head; one on a connection that was open counts no connect", () => {
  const world = new HttpWorld();
  const client = world.client();
  world.advance(1_000);
  client.send(request());
  world.advance(3);
  const endpoint = world.open(1);
  world.advance(40);
  endpoint.send(answer(200, "hello"));
  assert.deepEqual([sumMs(world.fake, "connect"), world.fake.took(WEB, "connect")], [3, 1]);
  assert.deepEqual([sumMs(world.fake, "firstByte"), sumMs(world.fake, "request")], [43, 43]);
  client.send(request());
  world.advance(10);
  assert.equal(world.fake.took(WEB, "request"), 1);
  client.fail();
  assert.equal(world.fake.took(WEB, "request"), 2);
  assert.equal(world.fake.took(WEB, "connection"), 1);
});
