import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { Daemon } from "../../../../src/control/daemon/daemon.ts";
import { readStatus, type Status } from "../../../../src/control/daemon/status.ts";
import { Resolver } from "../../../../src/control/dns/resolver.ts";
import { Board, Counter } from "../../../../src/model/board.ts";
import { Admin, Health, TargetWords } from "../../../../src/model/target_words.ts";
import type { ConfigInput } from "../../../../src/model/config.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { eventually } from "../../../kit/eventually.ts";
import { LogLines } from "../../../kit/log_lines.ts";

const DNS = {
  servers: [],
  family: "both",
  minTtlMs: 60_000,
  maxTtlMs: 60_000,
  negativeTtlMs: 60_000,
  onFailure: "keep_last",
} as const;

/** A daemon with one real data thread; names resolve as the test says. */
class Fixture implements AsyncDisposable {
  readonly log = new LogLines();
  readonly board = Board.allocate();
  readonly names = new Map<string, readonly string[]>();
  readonly daemon = new Daemon({
    clock: systemClock,
    log: this.log.log,
    board: this.board,
    createResolver: (onChange) =>
      new Resolver(systemClock, this.log.log, DNS, onChange, (host) => {
        const ips = this.names.get(host);
        return ips === undefined
          ? Promise.reject(new Error("unknown"))
          : Promise.resolve({ ips, ttlMs: 60_000, unanswered: null });
      }),
    workerUrl: new URL("../../../../src/data/worker.ts", import.meta.url).href,
    cores: 1,
    onAccess: () => {},
    onThreadGone: () => {},
  });

  /** Those of the one thread. */
  get counters(): Float64Array {
    const [thread] = this.daemon.fleet.threads;
    assert.ok(thread !== undefined);
    return thread.counters;
  }

  get status(): Status {
    return readStatus(this.daemon, this.board);
  }

  async apply(...apps: ConfigInput["apps"]): Promise<void> {
    await this.daemon.apply(parseConfig({ apps, engine: "deno", workers: 1 }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.terminate();
  }
}

function app(changes: Partial<ConfigInput["apps"][number]>): ConfigInput["apps"][number] {
  return { name: "web", ports: ["127.0.0.1:0"], targets: ["127.0.0.1:1"], ...changes };
}

Deno.test("nothing is ready before the first config", async () => {
  await using fixture = new Fixture();
  const { ready, revision, apps } = fixture.status;
  assert.deepEqual({ ready, revision, apps }, { ready: false, revision: 0, apps: [] });
});

Deno.test("status tells of apps, names and threads", async () => {
  await using fixture = new Fixture();
  fixture.names.set("good.example", ["10.0.0.1", "fd00::1"]);
  await fixture.apply(
    app({ targets: ["good.example:80", { address: "bad.example:81", weight: 3, backup: true }] }),
  );
  const { apps, names, threads, ready, revision } = fixture.status;
  assert.deepEqual([ready, revision], [true, 1]);
  assert.equal(apps[0]?.state, "degraded");
  const targets = apps[0]?.targets.map(({ target, addresses, weight, backup, available }) => (
    { target, addresses, weight, backup, available }
  ));
  assert.deepEqual(targets, [
    {
      target: "good.example:80",
      addresses: ["10.0.0.1:80", "[fd00::1]:80"],
      weight: 1,
      backup: false,
      available: true,
    },
    { target: "bad.example:81", addresses: [], weight: 3, backup: true, available: false },
  ]);
  assert.deepEqual(names.map(({ age_ms: _, ...rest }) => rest), [
    { host: "good.example", ips: ["10.0.0.1", "fd00::1"], error: null, stale: false },
    { host: "bad.example", ips: [], error: "unknown", stale: false },
  ]);
  assert.deepEqual(names.map(({ age_ms }) => typeof age_ms), ["number", "object"]);
  assert.deepEqual(threads, [{
    index: 0,
    engine: "deno",
    state: "running",
    revision: 1,
    restarts: 0,
    unanswered_pings: 0,
  }]);
  const listener = apps[0]?.listeners[0];
  assert.equal(listener?.listener, "127.0.0.1:0#web.0");
  assert.match(listener?.address ?? "", /^127\.0\.0\.1:\d{2,}$/);
  assert.deepEqual([listener?.bound, listener?.error], [true, undefined]);
});

Deno.test("targets without weight do not count; an app with nothing else has failed", async () => {
  await using fixture = new Fixture();
  await fixture.apply(
    app({ targets: ["127.0.0.1:1", { address: "127.0.0.1:2", weight: 0 }] }),
    app({ name: "none", targets: [{ address: "127.0.0.1:2", weight: 0 }] }),
  );
  const { apps, ready } = fixture.status;
  assert.deepEqual(apps.map(({ state }) => state), ["ready", "failed"]);
  assert.equal(apps[0]?.targets[1]?.available, false);
  assert.equal(ready, false);
});

Deno.test("health and operator words on the board show in targets and state", async () => {
  await using fixture = new Fixture();
  await fixture.apply(app({ targets: ["127.0.0.1:1", "127.0.0.1:2"] }));
  const targets = fixture.daemon.snapshots.get("web")?.targets ?? [];
  const words = new TargetWords(fixture.board);
  const [first, second] = targets.map(({ slot }) => slot) as [number, number];
  words.setHealth(first, Health.down);
  assert.equal(fixture.status.apps[0]?.state, "degraded");
  words.setAdmin(second, Admin.drain);
  assert.equal(fixture.status.apps[0]?.state, "failed");
  words.setHealth(first, Health.up);
  words.setAdmin(second, Admin.ready);
  assert.equal(fixture.status.apps[0]?.state, "ready");
});

Deno.test("a removed app is shown as long as it has sessions, and is no reason not to be ready", async () => {
  await using fixture = new Fixture();
  await fixture.apply(app({}), app({ name: "leaving" }));
  const slot = fixture.daemon.snapshots.get("leaving")?.slot ?? 0;
  const sessions = fixture.counters;
  sessions[Board.counter(slot, Counter.held)] = 2;
  await fixture.apply(app({}));
  assert.deepEqual(fixture.status.apps.map(({ name, state }) => `${name} ${state}`), [
    "web ready",
    "leaving draining",
  ]);
  assert.equal(fixture.status.ready, true);
  sessions[Board.counter(slot, Counter.held)] = 0;
  assert.equal(fixture.status.apps.length, 1);
});

Deno.test("a slot serves its next owner only after its last session has ended", async () => {
  await using fixture = new Fixture();
  await fixture.apply(app({ name: "old" }));
  const slot = fixture.daemon.snapshots.get("old")?.slot ?? 0;
  fixture.counters[Board.counter(slot, Counter.held)] = 1;
  await fixture.apply();
  await fixture.apply(app({ name: "new" }));
  assert.notEqual(fixture.daemon.snapshots.get("new")?.slot, slot);
  fixture.counters[Board.counter(slot, Counter.held)] = 0;
  await eventually("the slot to be given out again", async () => {
    await fixture.apply(app({ name: `next ${performance.now()}` }));
    return [...fixture.daemon.snapshots.values()].some((one) => one.slot === slot);
  });
});

Deno.test("a name whose addresses change is sent to the threads under the same revision", async () => {
  await using fixture = new Fixture();
  fixture.names.set("a.example", ["10.0.0.1"]);
  await fixture.apply(app({ targets: ["a.example:80"] }));
  fixture.names.set("a.example", ["10.0.0.2"]);
  fixture.daemon.resolver.configure({ ...DNS, family: "ipv4" });
  await eventually("the new address", () => {
    const [web] = fixture.status.apps;
    return web?.targets[0]?.addresses.join() === "10.0.0.2:80" && web.revision === 1 && web.state === "ready";
  });
});

Deno.test("of configs that arrive during a rollout only the newest is rolled out", async () => {
  await using fixture = new Fixture();
  const rollouts = await Promise.all(
    [1, 2, 3, 4].map((n) =>
      fixture.daemon.apply(parseConfig({ apps: [app({ name: `app ${n}` })], engine: "deno", workers: 1 }))
    ),
  );
  assert.deepEqual(rollouts.map((rollout) => rollout?.change.apps[0]?.app), [
    undefined,
    undefined,
    undefined,
    "app 4",
  ]);
  assert.deepEqual(fixture.status.apps.map(({ name }) => name), ["app 4"]);
});
