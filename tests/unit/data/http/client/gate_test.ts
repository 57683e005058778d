import assert from "node:assert/strict";
import { FakeThread } from "../../../../kit/fake_thread.ts";
import { GateTables } from "../../../../kit/gated_app.ts";
import { httpApp } from "../../../../kit/http_snapshots.ts";
import { answer, read, request } from "../http_world.ts";

const WEB = 1;

function world(): { readonly fake: FakeThread; readonly tables: GateTables } {
  const tables = new GateTables();
  return { fake: new FakeThread({ tables: tables.memory }), tables };
}

Deno.test("a client that is denied gets a 403 for its request, and its connection ends", () => {
  const { fake, tables } = world();
  fake.apply([{ ...httpApp(), access: tables.denying("203.0.113.0/24") }]);
  const client = fake.client(5001, "203.0.113.9");
  assert.equal(client.ended, null);
  client.send(request("GET", "/secret", ["Accept: application/json"]));
  const { status, head, body } = read(client.read());
  assert.equal(status, 403);
  assert.match(head, /^Connection: close$/m);
  assert.equal(JSON.parse(body).code, "denied");
  assert.equal(client.ended, "close");
  assert.equal(fake.engine.attempts.length, 0, "nobody is asked");
  const [record] = fake.records();
  assert.deepEqual([record?.status, record?.path, record?.close_reason], [403, "/secret", "denied"]);
  assert.equal(fake.closed(WEB, "denied"), 1);
  fake.assertAllGone();
});

Deno.test("one that is denied takes none of the app's places, and sends no request in vain", () => {
  const { fake, tables } = world();
  const access = tables.denying("203.0.113.0/24");
  fake.apply([{ ...httpApp({ policy: { maxConnections: 1 } }), access }]);
  fake.client(5001, "203.0.113.9");
  const other = fake.client(5001, "198.51.100.1");
  other.send(request());
  assert.equal(fake.engine.attempts.length, 1);
});

Deno.test("a rollout that denies a client counts from its next request on", () => {
  const { fake, tables } = world();
  fake.apply([httpApp()]);
  const client = fake.client(5001, "203.0.113.9");
  client.send(request());
  fake.engine.attempt.open().send(answer(200, "x"));
  assert.equal(read(client.read()).status, 200);
  fake.apply([{ ...httpApp(), access: tables.denying("203.0.113.0/24") }]);
  client.send(request());
  assert.equal(read(client.read()).status, 403);
  assert.ok(client.finSent);
});

Deno.test("who connects too often gets a 429 that says when to come again", () => {
  const { fake, tables } = world();
  const limits = tables.limits({ clientRate: { intervalMs: 2_500, burst: 1 } });
  fake.apply([{ ...httpApp(), limits }]);
  assert.equal(fake.client().ended, null);
  const turned = fake.client();
  const { status, head } = read(turned.read());
  assert.equal(status, 429);
  assert.match(head, /^Retry-After: 3$/m);
  assert.equal(turned.ended, "close");
  assert.equal(fake.closed(WEB, "limit"), 1);
});

Deno.test("a client has so many connections at once, and gives them back", () => {
  const { fake, tables } = world();
  fake.apply([{ ...httpApp(), limits: tables.limits({ clientConnections: 1 }) }]);
  const first = fake.client();
  assert.match(read(fake.client().read()).head, /^HTTP\/1.1 429[^]*^Retry-After: 1$/m);
  first.fail();
  assert.equal(fake.client().ended, null);
});
