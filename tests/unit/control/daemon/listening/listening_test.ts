import assert from "node:assert/strict";
import { systemClock } from "../../../../../src/base/clock.ts";
import { Daemon } from "../../../../../src/control/daemon/daemon.ts";
import { type AppStatus, readStatus } from "../../../../../src/control/daemon/status.ts";
import { Resolver } from "../../../../../src/control/dns/resolver.ts";
import { Board } from "../../../../../src/model/board.ts";
import type { ConfigInput } from "../../../../../src/model/config.ts";
import { askOnce, isRefused } from "../../../../kit/client.ts";
import { parseConfig } from "../../../../kit/configs.ts";
import { echoTarget } from "../../../../kit/echo_target.ts";
import { eventually } from "../../../../kit/eventually.ts";
import { LogLines } from "../../../../kit/log_lines.ts";
import { freePort } from "../../../../kit/servers.ts";

const DNS = {
  servers: [],
  family: "both",
  minTtlMs: 60_000,
  maxTtlMs: 60_000,
  negativeTtlMs: 60_000,
  onFailure: "keep_last",
} as const;

type AppInput = ConfigInput["apps"][number];

/** A daemon with real data threads; names are what the test says, and those it does not know fail. */
class Fixture implements AsyncDisposable {
  readonly log = new LogLines();
  readonly board = Board.allocate();
  readonly names = new Map<string, readonly string[] | Promise<never>>();
  readonly daemon = new Daemon({
    clock: systemClock,
    log: this.log.log,
    board: this.board,
    createResolver: (onChange) =>
      new Resolver(systemClock, this.log.log, DNS, onChange, async (host) => {
        const ips = await this.names.get(host);
        if (ips === undefined) throw new Error(`no such name ${host}`);
        return { ips, ttlMs: 60_000, unanswered: null };
      }),
    workerUrl: new URL("../../../../../src/data/worker.ts", import.meta.url).href,
    cores: 2,
    onAccess: () => {},
    onThreadGone: () => {},
  });

  constructor(private readonly engine: "deno" | "auto" = "deno") {}

  async apply(...apps: AppInput[]): Promise<void> {
    await this.daemon.apply(parseConfig({ apps, engine: this.engine, workers: 2 }));
  }

  app(name: string): AppStatus {
    const app = readStatus(this.daemon, this.board).apps.find((one) => one.name === name);
    assert.ok(app !== undefined);
    return app;
  }

  /** An app's state, and for each listener what is configured and the address, and `!` where it is not bound. */
  listeners(name: string): string {
    const { state, listeners } = this.app(name);
    const list = listeners.map(({ listener, address, bound }) => `${listener}=${address}${bound ? "" : "!"}`);
    return [state, ...list].join(" ");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.terminate();
  }
}

for (const engine of ["deno", "auto"] as const) {
  Deno.test(`a name is all addresses that it has at the start, on one port, and stays so (${engine})`, async () => {
    await using target = echoTarget({ prefix: "a:" });
    await using fixture = new Fixture(engine);
    const app = { name: "web", ports: ["web.example:0"], targets: [`127.0.0.1:${target.address.port}`] };
    fixture.names.set("web.example", ["127.0.0.1", "::1", "192.0.2.1"]);
    await fixture.apply(app);
    const { listeners, state } = fixture.app("web");
    assert.equal(state, "ready");
    const port = Number(listeners[0]?.address.slice("127.0.0.1:".length));
    assert.deepEqual(listeners.map(({ listener, address }) => [listener, address]), [
      ["web.example:0#web.0", `127.0.0.1:${port}`],
      ["web.example:0#web.0", `[::1]:${port}`],
    ]);
    const left = fixture.log.lines.find(({ message }) => String(message).includes("left out"));
    assert.match(String(left?.address), /^192\.0\.2\.1:0: /);
    for (const ip of ["127.0.0.1", "::1"]) assert.equal(await askOnce(port, "?", ip), "a:?");

    fixture.names.set("web.example", ["127.0.0.2"]);
    await fixture.apply({ ...app, backlog: 100 });
    assert.equal(
      fixture.listeners("web"),
      `ready ${listeners.map((one) => `${one.listener}=${one.address}`).join(" ")}`,
    );
    // An app of another name is another listener, which is looked up when it appears.
    await fixture.apply({ ...app, name: "other" });
    assert.match(fixture.listeners("other"), /^ready web\.example:0#other\.0=127\.0\.0\.2:\d+$/);
  });
}

Deno.test("a name that does not resolve fails its listener alone, and is tried again until it does", async () => {
  await using target = echoTarget({ prefix: "a:" });
  await using fixture = new Fixture();
  const targets = [`127.0.0.1:${target.address.port}`];
  const port = freePort();
  await fixture.apply(
    { name: "late", ports: [`late.example:${port}`], targets },
    { name: "partly", ports: ["127.0.0.1:0", "late.example:0"], targets },
    { name: "fine", ports: ["127.0.0.1:0"], targets },
  );
  assert.equal(fixture.listeners("late"), `failed late.example:${port}=!`);
  assert.match(
    fixture.listeners("partly"),
    /^degraded 127\.0\.0\.1:0#partly\.0=127\.0\.0\.1:\d+ late\.example:0#partly\.1=!$/,
  );
  assert.match(fixture.listeners("fine"), /^ready /);
  const error =
    "Cannot resolve late.example: no such name late.example: see what the system makes of the name with " +
    "`getent ahosts NAME`";
  assert.equal(fixture.app("late").listeners[0]?.error, error);
  const logged = fixture.log.lines.find(({ message }) => message === "listen address cannot be bound");
  assert.deepEqual([logged?.app, logged?.listener, logged?.level], ["late", `late.example:${port}`, "error"]);

  fixture.names.set("late.example", ["127.0.0.1"]);
  await eventually(
    "the listener",
    () => fixture.listeners("late") === `ready late.example:${port}=127.0.0.1:${port}`,
  );
  assert.equal(await askOnce(port, "?"), "a:?");
  await eventually("the other one", () => fixture.app("partly").state === "ready");
  await eventually(
    "that to be told",
    () =>
      fixture.log.lines.filter(({ message }) => message === "all listen addresses are bound").length === 2,
  );
});

Deno.test("a rollout does not wait long for a name that nobody answers for", async () => {
  await using fixture = new Fixture();
  fixture.names.set("silent.example", new Promise<never>(() => {}));
  const app = { name: "web", ports: ["127.0.0.1:0", "silent.example:0"], targets: ["127.0.0.1:1"] };
  await fixture.apply(app);
  assert.match(fixture.listeners("web"), /^degraded 127\.0\.0\.1:0#web\.0=\S+ silent\.example:0#web\.1=!$/);
  assert.match(fixture.app("web").listeners[1]?.error ?? "", /^The name was not resolved yet/);
});

Deno.test("an address that an app has goes to no other, and passes on when it is free", async () => {
  await using one = echoTarget({ prefix: "one:" });
  await using two = echoTarget({ prefix: "two:" });
  await using fixture = new Fixture();
  const port = freePort();
  const first = { name: "first", ports: [`web.example:${port}`], targets: [`127.0.0.1:${one.address.port}`] };
  const second = {
    name: "second",
    ports: [`127.0.0.1:${port}`, "127.0.0.1:0"],
    targets: [`127.0.0.1:${two.address.port}`],
  };
  fixture.names.set("web.example", ["127.0.0.1", "::1"]);
  await fixture.apply(first);
  await fixture.apply(second, first);
  assert.match(fixture.listeners("first"), /^ready \S+ \S+$/);
  assert.match(
    fixture.listeners("second"),
    new RegExp(`^degraded \\S+ 127\\.0\\.0\\.1:${port}=127\\.0\\.0\\.1:${port}!$`),
  );
  const failed = fixture.app("second").listeners.find(({ bound }) => !bound);
  assert.match(
    failed?.error ?? "",
    /: app "first" listens there \(as web\.example:\d+\): give one of the two another/,
  );
  for (let i = 0; i < 5; i++) assert.equal(await askOnce(port, "?"), "one:?");

  await fixture.apply(second);
  assert.equal(fixture.app("second").state, "ready");
  await eventually("the other", async () => await askOnce(port, "?") === "two:?");
  await fixture.apply({ ...second, ports: ["127.0.0.1:0"] });
  await eventually("the port to be closed", () => isRefused(port));
  assert.equal(fixture.app("second").listeners.length, 1);
});
