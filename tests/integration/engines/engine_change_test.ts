import assert from "node:assert/strict";
import type { EngineName } from "../../../src/engine/engine.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

/** Idle HTTP clients have half of it at least for their next request. */
const DRAIN_MS = 500;

function config(engine: EngineName, targets: readonly number[]): ConfigInput {
  const [tcp, http] = targets.map((port) => `127.0.0.1:${port}`);
  const common = { ports: [ANY_PORT], engine, drain_timeout: `${DRAIN_MS}ms` };
  return {
    apps: [
      { ...common, name: "tcp", targets: [tcp ?? ""] },
      { ...common, name: "http", mode: "http", targets: [http ?? ""] },
    ],
  };
}

Deno.test("sessions outlive a change of their app's engine, and HTTP clients are led to a new connection", async () => {
  await using echo = echoTarget();
  await using target = new HttpTarget(() => answerText(200, "here"));
  const targets = [echo.port, target.address.port];
  await using proxy = await Proxy.start(config("epoll", targets));
  const sessions: Client[] = [];
  try {
    for (let i = 0; i < 10; i++) sessions.push(await Client.to(await proxy.port("tcp")));
    for (const session of sessions) await session.ask("?");
    using kept = await HttpClient.to(await proxy.port("http"));
    await kept.get();
    await proxy.rollOut(config("deno", targets));
    assert.equal((await kept.get()).fields.get("connection"), "close");
    // Longer than a drain would have left them, several times over.
    const until = performance.now() + 5 * DRAIN_MS;
    while (performance.now() < until) {
      for (const session of sessions) assert.equal(await session.ask("!"), "!");
    }
    const { threads } = await proxy.status();
    assert.ok(threads.some(({ engine, state }) => engine === "epoll" && state === "retiring"));
    const fresh = await Client.to(await proxy.port("tcp"));
    sessions.push(fresh);
    assert.equal(await fresh.ask("new"), "new");
    assert.equal((await proxy.app("tcp")).counters.connections_active, sessions.length);
    // Without the app they are drained, wherever they are.
    await proxy.rollOut({ apps: [] });
    for (const session of sessions) await session.ended();
    await eventually("the end of all", async () => (await proxy.status()).connections.active === 0);
    const ended = (await proxy.status()).threads.filter(({ engine }) => engine === "epoll");
    assert.deepEqual(ended, []);
  } finally {
    for (const session of sessions) session[Symbol.dispose]();
  }
});
