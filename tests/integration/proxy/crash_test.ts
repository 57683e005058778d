import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce, Client } from "../../kit/client.ts";
import { parseConfig } from "../../kit/configs.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { LocalDaemon } from "../../kit/local_daemon.ts";
import { ANY_PORT, TEST_ENGINE } from "../../kit/proxy.ts";

function start(config: ConfigInput): Promise<LocalDaemon> {
  return LocalDaemon.start({ engine: TEST_ENGINE, workers: 2, ...config });
}

function webApp(targets: readonly string[]): ConfigInput {
  return { apps: [{ name: "web", ports: [ANY_PORT], targets: [...targets] }] };
}

Deno.test("a data thread that crashes is replaced; the other goes on, and all counts are put right", async () => {
  await using target = echoTarget();
  await using local = await start(webApp([`127.0.0.1:${target.port}`]));
  const clients: Client[] = [];
  try {
    for (let i = 0; i < 40; i++) clients.push(await Client.to(local.port()));
    for (const client of clients) assert.equal(await client.ask("?"), "?");
    assert.equal(local.status.connections.active, 40);

    local.crash(0);
    const lost = await local.crashed(1);
    assert.ok(lost > 0 && lost < 40, `${lost} of 40 sessions on one of two threads`);
    const kept: Client[] = [];
    for (const client of clients) if (await isAlive(client)) kept.push(client);
    assert.equal(kept.length, 40 - lost);

    await eventually("the replacement", () => {
      const { threads, apps, ready, connections } = local.status;
      assert.deepEqual(threads.map(({ state, restarts }) => `${state} ${restarts}`), [
        "running 1",
        "running 0",
      ]);
      assert.equal(apps[0]?.state, "ready");
      assert.equal(apps[0]?.counters.connections_active, 40 - lost);
      assert.equal(apps[0]?.targets[0]?.connections_active, 40 - lost);
      assert.equal(apps[0]?.listeners[0]?.connections_active, 40 - lost);
      assert.deepEqual(apps[0]?.counters.connections_closed_total, { internal: lost });
      assert.equal(connections.active, 40 - lost);
      return ready;
    });
    for (let i = 0; i < 10; i++) assert.equal(await askOnce(local.port(), "?"), "?");
    for (const client of kept) assert.equal(await client.ask("!"), "!");
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
  await eventually("all sessions to be gone", () => local.status.connections.active === 0);
});

Deno.test("a thread that crashes again and again is replaced ever more slowly, and rollouts go on without it", async () => {
  await using target = echoTarget();
  const targets = [`127.0.0.1:${target.port}`];
  await using local = await start(webApp(targets));
  for (let crash = 1; crash <= 4; crash++) {
    local.crash(0);
    await local.crashed(crash);
    await eventually(
      "the replacement",
      () => local.status.threads.every((thread) => thread.state === "running"),
    );
  }
  const pauses = local.logged("data thread crashed").map((line) => line.restart_ms);
  assert.deepEqual(pauses, [50, 100, 200, 400]);
  assert.equal(local.status.threads[0]?.restarts, 4);
  local.crash(0);
  await local.crashed(5);
  const rollout = await local.daemon.apply(
    parseConfig({ ...webApp([...targets, "127.0.0.1:1"]), engine: TEST_ENGINE, workers: 2 }),
  );
  assert.equal(rollout?.revision, 2);
  assert.equal(await askOnce(local.port(), "?"), "?");
});

Deno.test("the only thread crashes: the port is served again as soon as there is another", async () => {
  await using target = echoTarget();
  await using local = await start({ ...webApp([`127.0.0.1:${target.port}`]), workers: 1 });
  const port = local.port();
  local.crash(0);
  await local.crashed(1);
  assert.equal(local.status.ready, false);
  await eventually("an answer", async () => await askOnce(port, "?") === "?");
  assert.equal(local.status.ready, true);
});

Deno.test("a retiring thread that crashes is not replaced", async () => {
  await using target = echoTarget();
  const config = webApp([`127.0.0.1:${target.port}`]);
  await using local = await start(config);
  const clients: Client[] = [];
  try {
    for (let i = 0; i < 20; i++) clients.push(await Client.to(local.port()));
    for (const client of clients) await client.ask("?");
    const [, retiring] = local.daemon.fleet.threads;
    await local.daemon.apply(parseConfig({ engine: TEST_ENGINE, ...config, workers: 1 }));
    assert.deepEqual(local.status.threads.map(({ state }) => state), ["running", "retiring"]);
    retiring?.send({ type: "crash" });
    await eventually("its end", () => local.status.threads.length === 1);
    assert.equal(local.logged("retiring data thread crashed").length, 1);
    const lost = Number(local.logged("retiring data thread crashed")[0]?.sessions_lost);
    assert.equal(local.status.connections.active, 20 - lost);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

async function isAlive(client: Client): Promise<boolean> {
  try {
    return await client.ask("!") === "!";
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}
