import assert from "node:assert/strict";
import type { FakeConnection } from "../../../../kit/fake_connection.ts";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { answer, HttpWorld, read, request, WEB } from "../http_world.ts";

const HEDGED = { dispatch: "hedged", hedgeAfter: { delayMs: 50 }, maxExtraLoad: 1 } as const;

function counts(world: HttpWorld): number[] {
  const names = ["hedgesSent", "hedgesWon", "hedgeBudgetExhausted"] as const;
  return names.map((name) => world.fake.sum(WEB, name));
}

Deno.test("the next endpoint is asked when the first has not answered in hedge_after, and the first answer wins", () => {
  const world = new HttpWorld(HEDGED);
  const client = world.client(request());
  const first = world.open(1);
  world.advance(49);
  assert.deepEqual(world.asked, [1]);
  world.advance(1);
  assert.deepEqual(world.asked, [1, 2]);
  const second = world.open(2);
  second.send(answer(200, "quick"));
  assert.equal(read(client.read()).body, "quick");
  world.advance(20);
  assert.equal(first.ended, "reset");
  assert.deepEqual(counts(world), [1, 1, 0]);
  assert.deepEqual([world.record.endpoint, world.record.dispatch], [2, "hedged"]);
});

Deno.test("the first endpoint may still win after the hedge", () => {
  const world = new HttpWorld(HEDGED);
  const client = world.client(request());
  const first = world.open(1);
  world.advance(50);
  const second = world.open(2);
  first.send(answer(200, "first"));
  assert.equal(read(client.read()).body, "first");
  world.advance(20);
  assert.equal(second.ended, "reset");
  assert.deepEqual(counts(world), [1, 0, 0]);
});

Deno.test("each further hedge_after asks one more, as far as the budget goes", () => {
  const world = new HttpWorld({ ...HEDGED, maxExtraLoad: 0.5 });
  for (let i = 0; i < 2; i++) {
    const client = world.client(request());
    world.open(i % 3 + 1).send(answer(200, "x"));
    client.fail();
  }
  world.client(request());
  world.advance(50);
  assert.deepEqual(counts(world), [1, 0, 0]);
  world.advance(50);
  assert.deepEqual(counts(world), [1, 0, 1]);
  world.advance(500);
  assert.deepEqual(counts(world), [1, 0, 1], "once a request");
});

Deno.test("a failed attempt is followed at once, without the budget", () => {
  const world = new HttpWorld({ ...HEDGED, maxExtraLoad: 0 });
  const client = world.client(request());
  world.attempt(1).fail();
  world.open(2).send(answer(500, "x"));
  world.open(3).send(answer(200, "good"));
  assert.equal(read(client.read()).body, "good");
  assert.deepEqual(counts(world), [0, 0, 0]);
});

Deno.test("an unusable answer waits for the hedge that is under way", () => {
  const world = new HttpWorld(HEDGED, { targets: [endpoint(1), endpoint(2)] });
  const client = world.client(request());
  const first = world.open(1);
  world.advance(50);
  first.send(answer(503, "bad"));
  assert.equal(client.read(), "");
  world.open(2).send(answer(200, "good"));
  assert.equal(read(client.read()).body, "good");
});

Deno.test("hedge_after as a quantile follows recent answers, and nothing is hedged before enough are known", () => {
  const world = new HttpWorld({ ...HEDGED, hedgeAfter: { quantile: 0.9 } }, {
    targets: [endpoint(1), endpoint(2)],
  });
  const client = world.client();
  const connections: FakeConnection[] = [];
  for (let i = 0; i < 40; i++) {
    client.send(request());
    for (const attempt of world.fake.engine.attempts) {
      if (attempt.outcome === null) connections.push(attempt.open());
    }
    // The first answer is slow, and alone: too little is known for a hedge.
    world.advance(i === 0 ? 5_000 : 10);
    for (const connection of connections) if (connection.read() !== "") connection.send(answer(200, "x"));
    assert.equal(read(client.read()).status, 200);
  }
  assert.deepEqual(counts(world), [0, 0, 0]);
  client.send(request());
  world.advance(9);
  assert.deepEqual(counts(world), [0, 0, 0]);
  world.advance(2);
  assert.deepEqual(counts(world), [1, 0, 0]);
});

Deno.test("requests that must not be sent twice are not hedged", () => {
  const world = new HttpWorld(HEDGED);
  world.client(request("POST", "/", [], "x"));
  world.open(1);
  world.advance(1_000);
  assert.deepEqual(world.asked, [1]);
});
