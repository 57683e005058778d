import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce, Client, isRefused, turnedAway } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { freePort } from "../../kit/servers.ts";
import type { TcpServer } from "../../kit/tcp_server.ts";

type AppInput = ConfigInput["apps"][number];

const REFUSED = "config refused, the running one stays";

function at(target: { readonly port: number }): string {
  return `127.0.0.1:${target.port}`;
}

function to(target: TcpServer, changes: Partial<AppInput> = {}): ConfigInput {
  return { apps: [{ name: "web", ports: [ANY_PORT], targets: [at(target)], ...changes }] };
}

function text(config: ConfigInput, proxy: { readonly engine: string }): string {
  return JSON.stringify({
    admin: { listen: ANY_PORT },
    ...proxy,
    workers: 2,
    access_log: { to: "none" },
    ...config,
  });
}

Deno.test("the config may be written in place, renamed over, or swapped behind symbolic links", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  await using proxy = await Proxy.start(to(a));
  const port = await proxy.port("web");
  const engine = (await proxy.app("web")).engine;
  const served = (name: string): Promise<void> =>
    eventually(`${name} to serve`, async () => await askOnce(port, "?") === `${name}:?`);

  await served("a");
  await Deno.writeTextFile(proxy.path, text(to(b), { engine }));
  await served("b");
  await proxy.write(to(a));
  await served("a");

  // As Kubernetes does with a ConfigMap: the file is a link through a link to a folder, and the folder is swapped.
  for (const [version, target] of [["v1", a], ["v2", b], ["v3", a]] as const) {
    await Deno.mkdir(`${proxy.folder}/${version}`);
    await Deno.writeTextFile(`${proxy.folder}/${version}/apps.yaml`, text(to(target), { engine }));
  }
  const link = async (from: string, to: string): Promise<void> => {
    await Deno.symlink(to, `${from}.tmp`);
    await Deno.rename(`${from}.tmp`, from);
  };
  await link(`${proxy.folder}/data`, "v1");
  await link(proxy.path, "data/apps.yaml");
  await link(`${proxy.folder}/data`, "v2");
  await served("b");
  await link(`${proxy.folder}/data`, "v3");
  await served("a");
  assert.deepEqual(proxy.logged(REFUSED), []);
});

Deno.test("a config that is wrong changes nothing, is shown like a compiler's error, and is said once", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using proxy = await Proxy.start(to(a));
  const port = await proxy.port("web");
  using session = await Client.to(port);
  assert.equal(await session.ask("1"), "a:1");
  await proxy.write("apps:\n  - name: web\n    prots: [5001]\n");
  await proxy.program.line(/did you mean "ports"/);
  await proxy.program.line(/apps\.yaml:3:/);
  await eventually("the refusal", () => proxy.logged(REFUSED).length === 1);
  assert.equal(await session.ask("2"), "a:2");
  assert.equal(await askOnce(port, "?"), "a:?");
  assert.equal((await proxy.status()).revision, 1);
  assert.equal((await proxy.ask("/readyz")).status, 200);
  // The next good one is taken, and meanwhile nothing was said again.
  await proxy.rollOut(to(a, { idle_timeout: "5m" }));
  assert.equal(proxy.logged(REFUSED).length, 1);
  assert.equal(await session.ask("3"), "a:3");
});

Deno.test("a config file that is deleted changes nothing, is said once, and is taken when it is back", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using proxy = await Proxy.start(to(a));
  const port = await proxy.port("web");
  await Deno.remove(proxy.path);
  await eventually("the refusal", () => proxy.logged(REFUSED).length === 1);
  assert.equal(await askOnce(port, "?"), "a:?");
  await proxy.rollOut(to(a, { idle_timeout: "5m" }));
  assert.equal(proxy.logged(REFUSED).length, 1);
  assert.equal(await askOnce(port, "?"), "a:?");
});

Deno.test("SIGHUP reads the config again, and tells about a wrong one again", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using proxy = await Proxy.start(to(a));
  await proxy.write("apps: 7\n");
  await eventually("the refusal", () => proxy.logged(REFUSED).length === 1);
  proxy.program.kill("SIGHUP");
  await eventually("another refusal", () => proxy.logged(REFUSED).length === 2);
  await proxy.rollOut(to(a));
  proxy.program.kill("SIGHUP");
  await eventually("another rollout", () => proxy.logged("config rolled out").length === 2);
  assert.deepEqual(proxy.logged("config rolled out").at(-1)?.changed, 0);
});

Deno.test("50 changes of one app touch no session, listener or counter of another", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  const config = (change: number): ConfigInput => ({
    apps: [
      {
        name: "changing",
        ports: change % 5 === 4 ? [ANY_PORT] : [ANY_PORT, ANY_PORT],
        targets: change % 2 === 0 ? [at(a)] : [at(b), { address: at(a), weight: change }],
        idle_timeout: `${change + 10}s`,
      },
      { name: "steady", ports: [ANY_PORT], targets: [at(b)] },
      ...(change % 3 === 0 ? [{ name: "passing", ports: [ANY_PORT], targets: [at(a)] }] : []),
    ],
  });
  await using proxy = await Proxy.start(config(0));
  const port = await proxy.port("steady");
  using session = await Client.to(port);
  assert.equal(await session.ask("0"), "b:0");
  const before = await proxy.app("steady");
  for (let change = 1; change <= 50; change++) {
    await proxy.rollOut(config(change));
    assert.equal(await session.ask(`${change}`), `b:${change}`);
  }
  assert.deepEqual(await proxy.app("steady"), before);
  const status = await proxy.status();
  assert.equal(status.revision, 51);
  assert.ok(status.threads.every((thread) => thread.revision === 51 && thread.restarts === 0));
});

Deno.test("a port that moves from app to app keeps its socket: no connection is refused", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  const port = freePort();
  const config = (owner: number): ConfigInput => ({
    apps: [
      { name: "one", ports: [ANY_PORT, ...(owner === 0 ? [`127.0.0.1:${port}`] : [])], targets: [at(a)] },
      { name: "two", ports: [ANY_PORT, ...(owner === 1 ? [`127.0.0.1:${port}`] : [])], targets: [at(b)] },
    ],
  });
  await using proxy = await Proxy.start(config(0));
  assert.equal(await askOnce(port, "?"), "a:?");
  const replies = { "a:?": 0, "b:?": 0 };
  let isOver = false;
  const asking = Promise.all(Array.from({ length: 4 }, async () => {
    while (!isOver) {
      const reply = await askOnce(port, "?");
      assert.ok(reply === "a:?" || reply === "b:?", `${reply}`);
      replies[reply]++;
    }
  }));
  try {
    for (let move = 1; move <= 8; move++) {
      await proxy.rollOut(config(move % 2));
      assert.equal(await askOnce(port, "?"), move % 2 === 0 ? "a:?" : "b:?");
    }
  } finally {
    isOver = true;
  }
  await asking;
  assert.ok(replies["a:?"] > 0 && replies["b:?"] > 0, JSON.stringify(replies));
});

Deno.test("a port that cannot be bound fails its app alone, is shown with cause and remedy, and recovers", async () => {
  await using a = echoTarget({ prefix: "a:" });
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const config: ConfigInput = {
      apps: [
        { name: "blocked", ports: [`127.0.0.1:${taken.addr.port}`], targets: [at(a)] },
        { name: "partly", ports: [ANY_PORT, "192.0.2.1:5001"], targets: [at(a)] },
        { name: "fine", ports: [ANY_PORT], targets: [at(a)] },
      ],
    };
    await using proxy = await Proxy.start(config);
    assert.equal(await askOnce(await proxy.port("fine"), "?"), "a:?");
    assert.equal(await askOnce(await proxy.port("partly"), "?"), "a:?");
    const { apps, ready } = await proxy.status();
    assert.deepEqual(apps.map(({ name, state }) => `${name} ${state}`), [
      "blocked failed",
      "partly degraded",
      "fine ready",
    ]);
    assert.equal(ready, false);
    assert.equal((await proxy.ask("/readyz")).status, 503);
    const error = apps[0]?.listeners[0]?.error ?? "";
    assert.match(error, /in use.*ss -ltnp/i);
    assert.match(apps[1]?.listeners[1]?.error ?? "", /ip addr/);
    const logged = proxy.logged("listen address cannot be bound")[0];
    assert.equal(logged?.app, "blocked");

    // A change elsewhere does not make it look bound.
    await proxy.rollOut({
      apps: config.apps.map((app) => ({ ...app, ...(app.name === "fine" ? { backlog: 100 } : {}) })),
    });
    assert.equal((await proxy.app("blocked")).state, "failed");

    const { port } = taken.addr;
    taken.close();
    await eventually("the port to be bound", async () => (await proxy.app("blocked")).state === "ready");
    assert.equal(await askOnce(port, "?"), "a:?");
    assert.equal(proxy.logged("all listen addresses are bound").at(-1)?.app, "blocked");
  } finally {
    tryCloseListener(taken);
  }
});

Deno.test("sessions of a removed app run on while they are busy, then end; its port is closed at once", async () => {
  await using a = echoTarget({ prefix: "a:" });
  const keep: AppInput = { name: "keep", ports: [ANY_PORT], targets: [at(a)] };
  const leave: AppInput = { name: "leave", ports: [ANY_PORT], targets: [at(a)], drain_timeout: "6s" };
  await using proxy = await Proxy.start({ apps: [keep, leave] });
  const port = await proxy.port("leave");
  using session = await Client.to(port);
  using kept = await Client.to(await proxy.port("keep"));
  assert.equal(await kept.ask("1"), "a:1");
  let isBusy = true;
  const talking = (async () => {
    while (isBusy) assert.equal(await session.ask("?"), "a:?");
  })();
  try {
    await proxy.rollOut({ apps: [keep] });
    assert.equal((await proxy.app("leave")).state, "draining");
    await eventually("new clients to be refused", () => isRefused(port));
  } finally {
    isBusy = false;
  }
  await talking;
  await session.ended();
  assert.equal(await kept.ask("2"), "a:2");
  await eventually("the app to be gone", async () => (await proxy.status()).apps.length === 1);
});

Deno.test("a target that is removed keeps its sessions for drain_timeout; the others go on", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  const both = { drain_timeout: "1s", targets: [at(a), at(b)] };
  await using proxy = await Proxy.start(to(a, both));
  const port = await proxy.port("web");
  using one = await Client.to(port);
  assert.equal(await one.ask("1"), "a:1");
  using two = await Client.to(port);
  assert.equal(await two.ask("1"), "b:1");
  await proxy.rollOut(to(a, { ...both, targets: [at(b)] }));
  await one.ended();
  assert.equal(await two.ask("2"), "b:2");
  await eventually("the end to be counted", async () => {
    assert.deepEqual((await proxy.app("web")).counters.connections_closed_total, { drain: 1 });
    return true;
  });
});

Deno.test("a config without apps is in force at once, and so is the first app after it", async () => {
  await using a = echoTarget({ prefix: "a:" });
  const startedAt = performance.now();
  await using proxy = await Proxy.start({ apps: [] });
  assert.equal((await proxy.ask("/readyz")).status, 200);
  await proxy.rollOut(to(a));
  assert.equal(await askOnce(await proxy.port("web"), "?"), "a:?");
  await proxy.rollOut({ apps: [] });
  assert.deepEqual((await proxy.status()).threads.filter((thread) => thread.state === "running"), []);
  const elapsedMs = performance.now() - startedAt;
  assert.ok(elapsedMs < 8_000, `${elapsedMs} ms`);
});

Deno.test("an app without a reachable name starts at once, and is shown as failed", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using proxy = await Proxy.start({
    dns: { servers: ["127.0.0.1:9"] },
    apps: [
      { name: "nameless", ports: [ANY_PORT], targets: ["no.such.name.invalid:80"] },
      { name: "half", ports: [ANY_PORT], targets: ["no.such.name.invalid:80", at(a)] },
    ],
  });
  assert.equal(await askOnce(await proxy.port("half"), "?"), "a:?");
  const { apps } = await proxy.status();
  assert.deepEqual(apps.map(({ name, state }) => `${name} ${state}`), ["nameless failed", "half degraded"]);
  await turnedAway(await proxy.port("nameless"));
  await eventually("the end to be counted", async () => {
    assert.deepEqual((await proxy.app("nameless")).counters.connections_closed_total, { no_target: 1 });
    return true;
  });
});

function tryCloseListener(listener: Deno.Listener): void {
  try {
    listener.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
