import assert from "node:assert/strict";
import { compileApp, slotNames } from "../../../../src/control/daemon/compile.ts";
import { Tables } from "../../../../src/control/daemon/tables/tables.ts";
import { literalListening } from "../../../../src/control/daemon/listening/listen_plan.ts";
import { PortSettler } from "../../../../src/control/daemon/listening/port_settler.ts";
import { Slots } from "../../../../src/control/daemon/slots.ts";
import type { ConfigInput } from "../../../../src/model/config.ts";
import type { AppSnapshot } from "../../../../src/model/snapshot.ts";
import { HashTable } from "../../../../src/model/hash_table.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { FakeMemory } from "../../../kit/fake_memory.ts";

type Strategy = Extract<ConfigInput["apps"][number]["strategy"], { type: "rules" }>;

const memory = new FakeMemory();

function compiled(
  rules: Strategy["rules"],
  tables: Tables,
  slots = new Slots(memory.board, memory.totals),
): AppSnapshot {
  const targets = [
    { address: "10.0.0.1:80", labels: { track: "canary", rack: "1" } },
    { address: "_web._tcp.example", labels: { track: "stable" } },
    { address: "10.0.0.2:80", labels: { track: "stable", rack: "1" } },
  ];
  const [app] = parseConfig({
    apps: [{ name: "web", ports: [5001], targets, strategy: { type: "rules", rules: rules ?? [] } }],
  }).apps;
  assert.ok(app !== undefined);
  return compileApp(app, 1, {
    slots,
    ports: new PortSettler(),
    engine: () => "deno",
    listening: literalListening,
    addresses: (host) => [host],
    records: () => [1, 2].map((n) => ({ host: `10.1.0.${n}`, port: 81, priority: 0, weight: 1 })),
    certificates: () => ({ certificate: null, caCerts: [] }),
    maxIdleConnections: 0,
    script: () => null,
    zone: "",
    hashTable: (entries) => tables.hash.acquire(entries),
    access: () => null,
    limitTable: () => null,
    accessLogSample: 1,
  });
}

Deno.test("rules name targets by address or labels, a service stands for all of its hosts", () => {
  const { strategy: { rules = [] } } = compiled([
    { name: "canary", when: 'app == "web"', use: { targets: ["10.0.0.1:80"] } },
    { when: "client.port > 1", use: { labels: { track: "stable" } } },
    { when: "client.port > 2", use: { labels: { track: "stable", rack: "1" } } },
    { when: "client.port > 3", use: { targets: ["_web._tcp.example"] } },
    { when: "client.port > 4", use: { targets: "all" } },
    { deny: true },
  ], new Tables(2 ** 20));
  assert.deepEqual(rules.map(({ key, targets }) => [key, targets]), [
    ["canary", [0]],
    ["#2", [1, 2, 3]],
    ["#3", [3]],
    ["#4", [1, 2]],
    ["#5", [0, 1, 2, 3]],
    ["#6", null],
  ]);
  assert.deepEqual(rules[0]?.when, {
    op: "equal",
    left: { op: "value", value: "web" },
    right: { op: "value", value: "web" },
  });
  assert.equal(rules[5]?.when, null);
});

Deno.test("each rule has a slot of its own, by its name, wherever it stands", () => {
  const slots = new Slots(memory.board, memory.totals);
  const tables = new Tables(2 ** 20);
  const before = compiled(
    [{ name: "a", when: "true", deny: true }, { name: "b", deny: true }],
    tables,
    slots,
  );
  const after = compiled([{ name: "b", when: "true", deny: true }, { name: "a", deny: true }], tables, slots);
  const slotsOf = ({ strategy }: AppSnapshot): Record<string, number> =>
    Object.fromEntries((strategy.rules ?? []).map(({ key, slot }) => [key, slot]));
  assert.deepEqual(slotsOf(before), slotsOf(after));
  assert.deepEqual(slotNames(after).filter((name) => name.startsWith("rule ")), ["rule web b", "rule web a"]);
});

Deno.test("a rule by source_hash has a table of its own targets, kept as long as an app has it", () => {
  const tables = new Tables(2 ** 20);
  const app = compiled([{ use: { labels: { track: "stable" } }, strategy: "source_hash" }], tables);
  const ref = app.strategy.rules?.[0]?.strategy.table;
  assert.ok(ref !== undefined);
  const table = new HashTable(tables.memory, ref);
  const owners = new Set(Array.from({ length: ref.size }, (_, place) => table.at(place)));
  assert.deepEqual([...owners].toSorted(), [1, 2, 3]);
  tables.keepOnly([app], 1);
  tables.sweep(2);
  assert.equal(tables.sweep(2), 0);
  assert.deepEqual(
    compiled([{ use: { labels: { track: "stable" } }, strategy: "source_hash" }], tables).strategy.rules?.[0]
      ?.strategy.table,
    ref,
  );
});
