import assert from "node:assert/strict";
import { Board, Counter } from "../../../src/model/board.ts";
import { LIMIT_NAMES, type LimitName } from "../../../src/model/limit_name.ts";
import type { LimitPolicy } from "../../../src/model/snapshot.ts";
import { FakeThread } from "../../kit/fake_thread.ts";
import { GateTables } from "../../kit/gated_app.ts";
import { app } from "../../kit/snapshots.ts";

const WEB = 1;

/** A thread with one app that has these limits. */
function limited(limits: Partial<LimitPolicy>): { readonly fake: FakeThread; readonly tables: GateTables } {
  const tables = new GateTables();
  const fake = new FakeThread({ tables: tables.memory });
  fake.apply([app({ limits: tables.limits(limits) })]);
  return { fake, tables };
}

function counted(fake: FakeThread, limit: LimitName, first: number = Counter.limitRefused): number {
  return fake.totals.sum(WEB, first + LIMIT_NAMES.indexOf(limit));
}

Deno.test("a client that is denied gets a reset before any target is dialled, and is counted and recorded", () => {
  const tables = new GateTables();
  const fake = new FakeThread({ tables: tables.memory });
  fake.apply([app({ access: tables.denying("203.0.113.0/24", "2001:db8::/32") })]);
  for (const ip of ["203.0.113.9", "2001:db8:7::1", "::ffff:203.0.113.1"]) {
    assert.equal(fake.client(5001, ip).ended, "reset", ip);
  }
  assert.equal(fake.engine.attempts.length, 0);
  fake.client(5001, "198.51.100.1");
  assert.equal(fake.engine.attempts.length, 1);
  fake.engine.attempt.open();
  fake.engine.relayed.finish("done");
  assert.deepEqual(fake.reasons(), ["denied", "denied", "denied", "done"]);
  assert.equal(fake.closed(WEB, "denied"), 3);
  fake.assertAllGone();
});

Deno.test("a client has so many connections at once, over all threads, and all are given back", () => {
  const { fake, tables } = limited({ clientConnections: 2 });
  const other = fake.sibling();
  other.apply([app({ limits: tables.limits({ clientConnections: 2 }) })]);
  fake.relayed();
  other.relayed();
  assert.equal(fake.client().ended, "reset");
  assert.equal(fake.client(5001, "198.51.100.1").ended, null, "another client");
  assert.equal(counted(fake, "per_client.max_connections"), 1);
  assert.equal(fake.closed(WEB, "limit"), 1);
  fake.engine.relays[0]!.finish("done");
  assert.equal(fake.client().ended, null);
});

Deno.test("all addresses of an IPv6 network are one client, those of IPv4 are not", () => {
  const { fake } = limited({ clientConnections: 1, ipv6Prefix: 56 });
  assert.equal(fake.client(5001, "2001:db8:1:200::1").ended, null);
  assert.equal(fake.client(5001, "2001:db8:1:2ff:ffff::2").ended, "reset");
  assert.equal(fake.client(5001, "2001:db8:1:300::1").ended, null);
  assert.equal(fake.client(5001, "198.51.100.1").ended, null);
  assert.equal(fake.client(5001, "198.51.100.2").ended, null);
  assert.equal(fake.client(5001, "::ffff:198.51.100.2").ended, "reset");
});

Deno.test("new connections of the app and of each client come at their rates", () => {
  const { fake } = limited({
    rate: { intervalMs: 100, burst: 3 },
    clientRate: { intervalMs: 1_000, burst: 1 },
  });
  const came = (ip: string): boolean => fake.client(5001, ip).ended === null;
  assert.deepEqual(["10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"].map(came), [
    true,
    false,
    true,
    true,
    false,
  ]);
  fake.clock.advance(100);
  assert.deepEqual(["10.0.0.4", "10.0.0.5"].map(came), [true, false]);
  fake.clock.advance(1_000);
  assert.equal(came("10.0.0.1"), true);
  assert.equal(counted(fake, "new_connections_per_second"), 2);
  assert.equal(counted(fake, "per_client.new_connections_per_second"), 1);
});

Deno.test("a dry run counts and turns nobody away", () => {
  const { fake } = limited({ clientConnections: 1, dryRun: true });
  for (let client = 0; client < 3; client++) fake.relayed();
  assert.equal(counted(fake, "per_client.max_connections", Counter.limitExceeded), 2);
  assert.equal(counted(fake, "per_client.max_connections"), 0);
  assert.equal(fake.closed(WEB, "limit"), 0);
});

Deno.test("max_connections of the app is counted by name, and gives the client back what it took", () => {
  const tables = new GateTables();
  const fake = new FakeThread({ tables: tables.memory });
  const limits = tables.limits({ clientConnections: 2 });
  fake.apply([app({ limits, policy: { maxConnections: 1 } })]);
  fake.relayed();
  for (let times = 0; times < 5; times++) assert.equal(fake.client().ended, "reset");
  assert.equal(counted(fake, "max_connections"), 5);
  fake.engine.relayed.finish("done");
  fake.relayed();
  fake.engine.relayed.finish("done");
  fake.assertAllGone();
});

Deno.test("a rollout of access rules and limits counts from the next client on", () => {
  const tables = new GateTables();
  const fake = new FakeThread({ tables: tables.memory });
  fake.apply([app()]);
  fake.relayed();
  fake.apply([
    app({ access: tables.denying("203.0.113.0/24"), limits: tables.limits({ clientConnections: 1 }) }),
  ]);
  assert.equal(fake.engine.relayed.ended, null, "who is there stays");
  assert.equal(fake.client().ended, "reset");
  fake.apply([app()]);
  assert.equal(fake.client().ended, null);
});

Deno.test("counters of limits stay within a thread's row of counters", () => {
  assert.ok(Counter.limitExceeded + LIMIT_NAMES.length <= Counter.closed);
  assert.ok(Board.counter(1, 0) > Counter.closed);
});
