import assert from "node:assert/strict";
import {
  HANG_KILL_PINGS,
  HANG_NOTICE_PINGS,
  KILL_SETTLE_MS,
  PING_INTERVAL_MS,
  RESTART_DELAY_MIN_MS,
} from "../../../src/base/limits.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce } from "../../kit/client.ts";
import { parseConfig } from "../../kit/configs.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { FakeClock } from "../../kit/fake_clock.ts";
import { LocalDaemon } from "../../kit/local_daemon.ts";
import { say } from "../../kit/programs.ts";
import { ANY_PORT } from "../../kit/proxy.ts";

/** Enough that each of two sockets gets some. */
const CLIENTS = 60;

function config(port: number, changes: Partial<ConfigInput> = {}): ConfigInput {
  const apps = [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${port}`] }];
  return { engine: "epoll", workers: 2, apps, ...changes };
}

/** Every client that comes now is served. */
async function assertServed(local: LocalDaemon, app = 0): Promise<void> {
  const port = local.port(app);
  const answers = await Promise.all(Array.from({ length: CLIENTS }, () => askOnce(port)));
  assert.equal(answers.length, CLIENTS);
}

function sockets(local: LocalDaemon): string {
  const listener = local.status.apps[0]?.listeners[0];
  return `${listener?.sockets_served} of ${listener?.sockets_wanted}`;
}

Deno.test("while a crashed thread waits to be replaced the other serves its sockets, and gives them back", async () => {
  await using target = echoTarget();
  // On this clock a replacement comes when the test says so, as late as in a crash loop.
  const clock = new FakeClock();
  await using local = await LocalDaemon.start(config(target.port), clock);
  local.crash(0);
  await local.crashed(1);
  await assertServed(local);
  assert.deepEqual([local.status.ready, sockets(local)], [true, "2 of 2"]);
  clock.advance(RESTART_DELAY_MIN_MS);
  await eventually("the replacement", () => local.status.threads.every(({ revision }) => revision > 0));
  await assertServed(local);
  assert.equal(sockets(local), "2 of 2");
  // They are back: now the other one may be missing.
  local.crash(1);
  await local.crashed(2);
  await assertServed(local);
});

Deno.test("where no thread is left the app is not ready, and clients wait for the replacement", async () => {
  await using target = echoTarget();
  const clock = new FakeClock();
  await using local = await LocalDaemon.start(config(target.port, { workers: 1 }), clock);
  local.crash(0);
  await local.crashed(1);
  assert.deepEqual([local.status.ready, sockets(local)], [false, "0 of 1"]);
  const waiting = assertServed(local);
  clock.advance(RESTART_DELAY_MIN_MS);
  await waiting;
  assert.equal(local.status.ready, true);
});

Deno.test("a thread that hangs is found, its sockets are served by the other, and in the end it is replaced", async () => {
  await using target = echoTarget();
  const clock = new FakeClock();
  await using local = await LocalDaemon.start(config(target.port), clock);
  const pass = async (pings: number): Promise<void> => {
    for (let i = 0; i < pings; i++) {
      clock.advance(PING_INTERVAL_MS);
      await eventually("the other's answer", () => local.status.threads[1]?.unanswered_pings === 0);
    }
  };
  local.daemon.fleet.threads.find(({ index }) => index === 0)?.send({ type: "hang" });
  await pass(HANG_NOTICE_PINGS + 1);
  assert.equal(local.status.threads[0]?.state, "hanging");
  assert.equal(local.logged("data thread hangs: others take its listening sockets").length, 1);
  await assertServed(local);
  assert.equal(sockets(local), "2 of 2");
  // A rollout does not wait for it.
  await local.daemon.apply(parseConfig(config(target.port, { access_log: { sample: 0.5 } })));
  await pass(HANG_KILL_PINGS - HANG_NOTICE_PINGS);
  clock.advance(KILL_SETTLE_MS);
  await local.crashed(1);
  clock.advance(RESTART_DELAY_MIN_MS);
  await eventually(
    "the replacement",
    () => local.status.threads.every(({ state, revision }) => state === "running" && revision === 2),
  );
  await assertServed(local);
});

Deno.test("many threads of two engines are all there, and every socket is served", async () => {
  const workers = Deno.env.get("FPROXY_TEST_FULL") === "1" ? 40 : 6;
  say(`missing_thread_test: ${workers} threads an engine; FPROXY_TEST_FULL=1 takes 40`);
  await using target = echoTarget();
  const before = config(target.port, { workers });
  await using local = await LocalDaemon.start(before);
  const second = {
    name: "other",
    engine: "deno" as const,
    ports: [ANY_PORT],
    targets: [`127.0.0.1:${target.port}`],
  };
  await local.daemon.apply(parseConfig({ ...before, apps: [...before.apps, second] }));
  await eventually(
    "all threads",
    () => local.status.threads.filter(({ state }) => state === "running").length === 2 * workers,
    60_000,
  );
  await assertServed(local, 0);
  await assertServed(local, 1);
  assert.equal(sockets(local), `${workers} of ${workers}`);
  assert.equal(local.status.ready, true);
});
