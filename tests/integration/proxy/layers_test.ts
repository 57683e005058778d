import assert from "node:assert/strict";
import type { TargetStatus } from "../../../src/control/daemon/status.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Churn } from "../../kit/churn.ts";
import { askTimes } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { say } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { TcpServer } from "../../kit/tcp_server.ts";

/** Rollouts under load, with probes on, leave the three layers of targets that stay alone. */

const REWRITES = Deno.env.get("FPROXY_TEST_FULL") === "1" ? 200 : 20;
/** Of a slow start over a day nothing is to be seen in the time of the test. */
const LEAST_SHARE = 0.1;

/** What is expected to stay, of one target. */
function layers({ health, admin, override, effective_weight, ejection, ...rest }: TargetStatus): unknown {
  return {
    health,
    admin,
    effective_weight,
    override: [override?.state, override?.weight],
    ejection: [ejection?.cause, rest.ejections_total, rest.connect_failures_total],
    probe: [rest.probe?.status, rest.probe?.since],
  };
}

Deno.test("rollouts under load keep health, ejection, slow start and overrides of targets that stay, and fail nothing", async () => {
  await using good = echoTarget();
  await using weighed = echoTarget();
  await using drained = echoTarget();
  await using slow = echoTarget();
  await using refusing = await RefusingAddress.take();
  await using mute = new TcpServer(async (connection) => {
    while (await connection.read(new Uint8Array(64)) !== null);
  });
  const at = ({ port }: { readonly port: number }): string => `127.0.0.1:${port}`;
  // The slow one is new to an app that runs.
  const config = (change: number, isSlowThere = true): ConfigInput => ({
    apps: [
      {
        name: "web",
        ports: [ANY_PORT],
        targets: [
          at(good),
          { address: at(weighed), weight: 4 },
          at(drained),
          at(mute),
          { address: at(refusing), health_check: false },
          ...(isSlowThere ? [at(slow)] : []),
          // Comes and goes, and is nobody's.
          ...(change % 2 === 0 ? [] : [{ address: "127.0.0.2:9", weight: 0, health_check: false as const }]),
        ],
        // Another interval is another probe; what is known stays.
        health_check: { send: "?", expect: "?", interval: `${300 + change % 3}ms`, timeout: "300ms" },
        outlier_detection: {
          consecutive_failures: 1,
          base_ejection_time: "1d",
          max_ejection_time: "1d",
          max_ejection_percent: 90,
        },
        slow_start: { window: "1d", min_weight_percent: LEAST_SHARE * 100 },
        idle_timeout: `${change + 10}s`,
        retry: { max_attempts: 6 },
      },
      ...(change % 4 === 0 ? [] : [{ name: "other", ports: [ANY_PORT], targets: [at(good), at(mute)] }]),
    ],
  });
  await using proxy = await Proxy.start(config(0, false));
  const targets = async (): Promise<readonly TargetStatus[]> => (await proxy.app("web")).targets;
  const port = await proxy.port("web");
  await eventually("the mute one to be down", async () => (await targets())[3]?.health === "down");
  await askTimes(port, 20);
  await eventually("the ejection", async () => (await targets())[4]?.ejection !== undefined);
  for (
    const [target, body] of [[at(weighed), { weight: "50%" }], [at(drained), { state: "drain" }]] as const
  ) {
    const path = `${proxy.adminUrl}/api/v1/apps/web/targets/${encodeURIComponent(target)}/override`;
    const answer = await fetch(path, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...body, reason: "test" }),
    });
    assert.equal(answer.status, 200, await answer.text());
  }
  await proxy.rollOut(config(0));
  await eventually("the slow one", async () => (await targets())[5]?.health === "up");
  const before = (await targets()).slice(0, 6).map(layers);
  const shares = (await targets()).map(({ effective_weight }) => effective_weight);
  const sessions = async (): Promise<number[]> =>
    (await targets()).map(({ connections_total }) => connections_total);
  // Those that are out will come up slowly as well.
  assert.deepEqual(shares.map((share) => share < 2 * LEAST_SHARE), [false, false, true, true, true, true]);
  const earlier = await sessions();
  const churn = new Churn(port, 4);
  for (let change = 1; change <= REWRITES; change++) {
    await proxy.rollOut(config(change));
    assert.deepEqual((await targets()).slice(0, 6).map(layers), before, `after change ${change}`);
  }
  const { served, failures } = await churn.stop();
  say(`${REWRITES} rollouts beside ${served} connections`);
  assert.deepEqual(failures, []);
  const isServing = (await sessions()).slice(0, 6).map((count, i) => count > earlier[i]!);
  assert.deepEqual(isServing, [true, true, false, false, false, true]);
  assert.equal(proxy.logged("target is down").length, 1);
  assert.equal(proxy.logged("target is up").length, 0);
  assert.equal(proxy.logged("target ejected").length, 1);
});
