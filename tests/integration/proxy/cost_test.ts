import assert from "node:assert/strict";
import { descriptorLimit } from "../../../src/control/daemon/capacity/descriptor_limit.ts";
import { askOnce, Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { cpuShare } from "../../kit/over_time.ts";
import { launchProgram } from "../../kit/program_under_test.ts";
import { say } from "../../kit/programs.ts";
import { ANY_PORT, Proxy, TEST_ENGINE } from "../../kit/proxy.ts";
import { rss } from "../../kit/rss.ts";
import { freePorts } from "../../kit/servers.ts";
import { SlowTarget } from "../../kit/slow_target.ts";

const SESSIONS = 5_000;
/** Both ends of a session and both of its connections to targets are in this process and the proxy. */
const NEEDED = 3 * SESSIONS;
const isPossible = Deno.build.os === "linux" && (descriptorLimit() ?? 0) >= NEEDED;
if (!isPossible) {
  say(`skipped: ${SESSIONS} sessions need ${NEEDED} descriptors on Linux, there are ${descriptorLimit()}`);
}

Deno.test({
  name: "thousands of idle and half-closed sessions cost no CPU",
  ignore: !isPossible,
  fn: async () => {
    await using echo = echoTarget();
    await using silent = new SlowTarget();
    await using proxy = await Proxy.start({
      apps: [
        { name: "idle", ports: [ANY_PORT], targets: [`127.0.0.1:${echo.port}`] },
        { name: "half", ports: [ANY_PORT], targets: [`127.0.0.1:${silent.port}`], half_close_timeout: "10m" },
      ],
    });
    const before = rss(proxy.pid);
    const clients: Client[] = [];
    try {
      const [idle, half] = [await proxy.port("idle"), await proxy.port("half")];
      for (let opened = 0; opened < SESSIONS; opened += 100) {
        const isHalf = opened % 500 === 400;
        clients.push(
          ...await Promise.all(Array.from({ length: 100 }, async () => {
            const client = await Client.to(isHalf ? half : idle);
            if (isHalf) await client.finish();
            else assert.equal(await client.ask("?"), "?");
            return client;
          })),
        );
      }
      await eventually("every session", async () => (await proxy.status()).connections.active === SESSIONS);
      await eventually("every half-closed session to reach its target", () => silent.open === SESSIONS / 5);
      const bytes = (rss(proxy.pid) - before) / SESSIONS;
      const share = await cpuShare(proxy.pid, 3_000);
      say(
        `${SESSIONS} sessions on ${TEST_ENGINE}: ${(share * 100).toFixed(1)} % CPU over 3 s, ` +
          `${(bytes / 1024).toFixed(1)} KiB each`,
      );
      assert.ok(share < 0.1, `${share * 100} % CPU`);
      assert.equal(await clients.at(0)?.ask("still there"), "still there");
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
    // The half-closed ones wait for their target, as their clients do no more.
    await eventually("all idle sessions to be gone", async () => {
      return (await proxy.app("idle")).counters.connections_active === 0;
    });
  },
});

Deno.test("with 100 apps the first connection is served soon after the start", async () => {
  await using echo = echoTarget();
  const ports = freePorts(100);
  const folder = await Deno.makeTempDir();
  try {
    const apps = ports.map((port, i) => ({
      name: `app ${i}`,
      ports: [`127.0.0.1:${port}`],
      targets: [`127.0.0.1:${echo.port}`, `127.0.0.2:${echo.port}`],
    }));
    await Deno.writeTextFile(
      `${folder}/apps.yaml`,
      JSON.stringify({ apps, engine: TEST_ENGINE, workers: 2, access_log: { to: "none" } }),
    );
    const startedAt = performance.now();
    await using program = launchProgram(["--config", `${folder}/apps.yaml`]);
    const last = ports.at(-1) ?? 0;
    await eventually("the first answer", async () => await askOnce(last) === "hello");
    const elapsedMs = performance.now() - startedAt;
    const [, startupMs] = await program.line(/"startup_ms":(\d+)/);
    say(
      `100 apps on ${TEST_ENGINE}: first answer after ${
        Math.round(elapsedMs)
      } ms, started after ${startupMs} ms`,
    );
    for (const port of ports) assert.equal(await askOnce(port), "hello");
    assert.ok(elapsedMs < 5_000, `${elapsedMs} ms`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
