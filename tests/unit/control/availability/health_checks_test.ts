import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { seededRandom } from "../../../../src/base/random.ts";
import { EffectiveWeights } from "../../../../src/control/availability/effective_weight.ts";
import { HealthChecks } from "../../../../src/control/availability/health_checks.ts";
import { WordsWriter } from "../../../../src/control/availability/words_writer.ts";
import type { OverrideValues } from "../../../../src/control/overrides/override.ts";
import type { ConfigInput } from "../../../../src/model/config.ts";
import type { AppSnapshot } from "../../../../src/model/snapshot.ts";
import { Admin, Health, TargetWords } from "../../../../src/model/target_words.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeMemory } from "../../../kit/fake_memory.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { app, target } from "../../../kit/snapshots.ts";
import { TcpServer } from "../../../kit/tcp_server.ts";

/** Health checks on a board of their own; the target of every app is one server. */
class Fixture implements Disposable {
  readonly memory = new FakeMemory();
  readonly words = new TargetWords(this.memory.board);
  readonly log = new LogLines();
  readonly limited: string[] = [];
  override: OverrideValues | null = null;
  readonly #snapshots = new Map<string, AppSnapshot>();
  readonly #writer = new WordsWriter(
    this.words,
    new EffectiveWeights(this.words),
    (name, { key, weight }) => ({
      configWeight: weight,
      override: this.override,
      agent: this.health.agentOf(name, key),
    }),
  );
  readonly health = new HealthChecks({
    clock: systemClock,
    random: seededRandom(1),
    log: this.log.log,
    board: this.memory.board,
    totals: this.memory.totals,
    find: () => Promise.resolve([]),
    onAgent: (name, key) => this.#writer.write(this.#snapshots.get(name)!, key),
    closeSessions: () => {},
    onLimits: (name) => void this.limited.push(name),
  });

  set(
    name: string,
    slot: number,
    port: number,
    health_check: ConfigInput["apps"][number]["health_check"],
  ): AppSnapshot {
    const key = `127.0.0.1:${port}`;
    const [config] = parseConfig({ apps: [{ name, ports: [80], targets: [key], health_check }] }).apps;
    const address = { ip: "127.0.0.1", port };
    const snapshot = app({
      name,
      slot,
      targets: [target(slot, { key, addresses: [address], weight: 2, configIndex: 0 })],
    });
    this.#snapshots.set(name, snapshot);
    this.health.set(snapshot, config!);
    this.health.begin(16);
    return snapshot;
  }

  [Symbol.dispose](): void {
    this.health.close();
  }
}

const FAST = { interval: "100ms", timeout: "100ms", unhealthy_threshold: 1 } as const;

Deno.test("apps with one target and the same probe share it; another probe is another one", async () => {
  await using server = new TcpServer(() => Promise.resolve());
  using fixture = new Fixture();
  const { health, words } = fixture;
  fixture.set("a", 1, server.port, { interval: "1h" });
  await eventually("the first probe", () => health.isProbed("a"));
  fixture.set("b", 2, server.port, { interval: "1h" });
  assert.deepEqual([health.isProbed("b"), words.health(102)], [true, Health.up]);
  // A probe succeeds with the kernel's handshake, before the server hears of it.
  await eventually("the server to accept it", () => server.accepted === 1);
  fixture.set("c", 3, server.port, { interval: "2h" });
  await eventually("a probe of its own", () => health.isProbed("c"));
  await eventually("the server to accept it, and no other", () => server.accepted === 2);
});

Deno.test("an app that is gone is probed no more, and nothing is written to its slot", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = new TcpServer(() => gate.promise);
  using fixture = new Fixture();
  fixture.set("a", 1, server.port, { ...FAST, send: "?", expect: "?", interval: "200ms", timeout: "200ms" });
  await eventually("the probe to be under way", () => server.accepted === 1);
  fixture.health.remove("a");
  gate.resolve();
  await eventually("its end", () => server.open === 0);
  assert.equal(fixture.words.health(101), Health.unknown);
  assert.equal(fixture.health.of("a", `127.0.0.1:${server.port}`), null);
});

Deno.test("what is probed no more is as if it never was; what an agent said goes with it", async () => {
  await using agent = new TcpServer(async (connection) => {
    await connection.write(new TextEncoder().encode("drain 50% maxconn:3\n"));
  });
  using fixture = new Fixture();
  const { words, health } = fixture;
  fixture.set("a", 1, agent.port, { ...FAST, type: "agent", port: agent.port });
  await eventually("its word", () => words.admin(101) === Admin.drain);
  assert.deepEqual([words.weight(101, 2), health.agentOf("a", `127.0.0.1:${agent.port}`)?.maxConnections], [
    256,
    3,
  ]);
  assert.deepEqual(fixture.limited, ["a"]);
  fixture.set("a", 1, agent.port, false);
  assert.deepEqual([words.admin(101), words.weight(101, 2), words.health(101)], [
    Admin.ready,
    512,
    Health.unknown,
  ]);
});

Deno.test("an operator's word counts before an agent's; in maintenance nobody asks how the target is", async () => {
  await using agent = new TcpServer(async (connection) => {
    await connection.write(new TextEncoder().encode("up 50%\n"));
  });
  using fixture = new Fixture();
  fixture.override = { state: "maint", weight: 7 };
  fixture.words.setAdmin(101, Admin.maint);
  fixture.set("a", 1, agent.port, { ...FAST, type: "agent", port: agent.port });
  assert.deepEqual([fixture.words.admin(101), fixture.words.weight(101, 2)], [Admin.maint, 7 * 256]);
  await using other = new TcpServer(() => Promise.resolve());
  fixture.set("b", 2, other.port, FAST);
  await eventually("probes of the other", () => other.accepted > 3);
  assert.equal(agent.accepted, 0);
  fixture.words.setAdmin(101, Admin.ready);
  await eventually("probes again", () => agent.accepted > 0);
});

Deno.test("a check that changes keeps what was found; an app that came back begins anew", async () => {
  const gone = new TcpServer(() => Promise.resolve());
  const { port } = gone;
  await gone[Symbol.asyncDispose]();
  using fixture = new Fixture();
  fixture.set("a", 1, port, FAST);
  await eventually("it to be down", () => fixture.words.health(101) === Health.down);
  fixture.set("a", 1, port, { ...FAST, interval: "1h", initial_status: "up" });
  assert.equal(fixture.words.health(101), Health.down);
  assert.equal(fixture.health.isProbed("a"), true);
  fixture.set("a", 5, port, { ...FAST, interval: "1h", initial_status: "down" });
  assert.deepEqual([fixture.words.health(105), fixture.health.isProbed("a")], [Health.down, false]);
});
