import assert from "node:assert/strict";
import { readAddressRanges } from "../../../../../src/control/access/address_ranges.ts";
import { Tables } from "../../../../../src/control/daemon/tables/tables.ts";
import { AccessTable } from "../../../../../src/model/access_table.ts";
import type { AccessConfig } from "../../../../../src/model/config_access.ts";
import { readIpWords } from "../../../../../src/strategy/rules/ip_words.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { app } from "../../../../kit/snapshots.ts";

const BYTES = 2 ** 20;
const NOW = Date.UTC(2026, 5, 1);

function access(...rules: AccessConfig["rules"]): AccessConfig {
  return { default: "allow", rules };
}

function allows(tables: Tables, ref: ReturnType<Tables["access"]["acquire"]>, ip: string): boolean {
  const words = new Uint32Array(4);
  assert.ok(ref !== null && readIpWords(ip, words));
  return new AccessTable(tables.memory, ref).allows(words);
}

Deno.test("apps with the same access rules and lists share a table, those with another list do not", () => {
  const tables = new Tables(BYTES);
  const list = (text: string) => new Map([["list", { hash: text, ranges: readAddressRanges(text).ranges }]]);
  const rules = access({ deny: "list" }, { deny: "10.0.0.0/8" });
  const first = tables.access.acquire(rules, list("192.0.2.1"));
  assert.equal(tables.access.acquire(rules, list("192.0.2.1")), first);
  const other = tables.access.acquire(rules, list("192.0.2.2"));
  assert.notEqual(other, first);
  assert.deepEqual(["192.0.2.1", "192.0.2.2", "10.7.7.7"].map((ip) => allows(tables, first, ip)), [
    false,
    true,
    false,
  ]);
  assert.deepEqual(["192.0.2.1", "192.0.2.2", "10.7.7.7"].map((ip) => allows(tables, other, ip)), [
    true,
    false,
    false,
  ]);
});

Deno.test("where everybody is allowed there is no table", () => {
  const tables = new Tables(0);
  assert.equal(tables.access.acquire(undefined, new Map()), null);
  assert.equal(tables.access.acquire(access(), new Map()), null);
});

Deno.test("an app keeps its limit table, and what is known of clients, over rollouts", () => {
  const tables = new Tables(BYTES);
  const ref = tables.limits.acquire("web", 1, 100, 64);
  const limits = { rate: null, clientConnections: 1, clientRate: null, dryRun: false };
  tables.limits.open(ref).take(Uint32Array.of(0, 0, 0xffff, 1), NOW, limits);
  const web = app({ limits: { ...limits, table: ref, ipv6Prefix: 64 } });
  tables.keepOnly([web], 1);
  tables.sweep(9);
  assert.equal(tables.limits.acquire("web", 1, 100, 64), ref);
  assert.equal(tables.limits.open(ref).used, 1);
  assert.notEqual(tables.limits.acquire("web", 1, 200, 64), ref);
  assert.notEqual(tables.limits.acquire("shop", 2, 100, 64), ref);
  tables.keepOnly([], 2);
  assert.equal(tables.sweep(1), 3);
  assert.equal(tables.sweep(2), 0);
  assert.notEqual(tables.limits.acquire("web", 1, 100, 64).version, ref.version);
  assert.equal(
    tables.limits.open(tables.limits.acquire("web", 1, 100, 64)).used,
    0,
    "one that comes back is empty",
  );
});

Deno.test("when a thread has died open connections are counted anew, and a lock that it held is broken", () => {
  const clock = new FakeClock();
  const tables = new Tables(BYTES);
  const limits = { rate: null, clientConnections: 1, clientRate: null, dryRun: false };
  const table = tables.limits.acquire("web", 1, 100, 64);
  const apps = [app({ limits: { ...limits, table, ipv6Prefix: 64 } }), app()];
  const key = Uint32Array.of(0, 0, 0xffff, 1);
  const isRefused = (): boolean => tables.limits.open(table).take(key, NOW, limits).isRefused;
  assert.deepEqual([isRefused(), isRefused()], [false, true]);
  tables.limits.repair(apps, clock);
  assert.deepEqual([isRefused(), isRefused()], [false, true]);
  // The lock's word is the second one of the table.
  Atomics.add(new Int32Array(tables.memory, table.offset), 1, 1);
  tables.limits.repair(apps, clock);
  clock.advance(2_000);
  assert.deepEqual([isRefused(), isRefused()], [false, true]);
});
