import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Churn } from "../../kit/churn.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { say } from "../../kit/programs.ts";
import { ANY_PORT, Proxy, TEST_ENGINE } from "../../kit/proxy.ts";

/** One way through the numbers, and back. */
const STEPS = [4, 1, 3, 2];
/** `FPROXY_TEST_FULL=1` for figures that mean something: as many rounds as so many connections take. */
const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
/** Ways through the numbers, at least. */
const ROUNDS = IS_FULL ? 10 : 2;
const LEAST_SERVED = IS_FULL ? 30_000 : 100;
/**
 * Connections that may fail each time a thread of the `deno` engine is retired: its socket is closed, and what reaches
 * the queue between the last accept and the close is lost. Sockets of `epoll` outlive their threads.
 */
const MOST_LOST_A_THREAD = TEST_ENGINE === "deno" ? 16 : 0;

Deno.test("workers 2 → 4 → 1 → 3 → 2 under churn: no session is lost", async () => {
  await using target = echoTarget();
  const config = (workers: number): ConfigInput => ({
    workers,
    apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }],
  });
  await using proxy = await Proxy.start(config(2));
  const port = await proxy.port("web");
  const churn = new Churn(port, 16);
  const sessions: Client[] = [];
  let retired = 0;
  let before = 2;
  try {
    for (let round = 0; round < ROUNDS || churn.served < LEAST_SERVED; round++) {
      for (const workers of STEPS) {
        // Sessions of every generation of threads.
        for (let i = 0; i < 3; i++) sessions.push(await Client.to(port));
        await proxy.rollOut(config(workers));
        retired += Math.max(0, before - workers);
        before = workers;
        for (const [i, session] of sessions.entries()) assert.equal(await session.ask(`${i}`), `${i}`);
        const served = churn.served;
        await eventually("the churn to go on", () => churn.served > served + 50);
        const serving = (await proxy.status()).threads.filter((thread) => thread.state === "running");
        assert.equal(serving.length, workers);
      }
    }
  } finally {
    const { served, failures } = await churn.stop();
    for (const session of sessions) session[Symbol.dispose]();
    say(
      `${served} connections, ${retired} threads retired: ${failures.length} failed ${
        [...new Set(failures)].join("; ")
      }`,
    );
    assert.ok(failures.length <= retired * MOST_LOST_A_THREAD, `${failures.length} failed`);
    assert.ok(served >= LEAST_SERVED);
  }
  await eventually("retired threads and all sessions to be gone", async () => {
    const { threads, connections } = await proxy.status();
    return threads.length === before && connections.active === 0;
  });
  const { counters } = await proxy.app("web");
  assert.deepEqual(Object.keys(counters.connections_closed_total), ["done"]);
});
