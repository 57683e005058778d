import assert from "node:assert/strict";
import { Churn } from "../../kit/churn.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { NatsCluster } from "../../kit/nats_cluster.ts";
import { say, testIf } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";
import { regionAppText, standingOf } from "../../kit/region_apps.ts";

const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
/** Time without any server. */
const OUTAGE_MS = IS_FULL ? 120_000 : 15_000;
const NODES = ["n1", "n2", "n3"];
const READY_MS = 120_000;

/** Three servers, three nodes in as many zones that carry the app, and a front. */
async function started(region: Region, target: number): Promise<number> {
  await region.control(true);
  await Promise.all(NODES.map((name, at) => region.node(name, `z${at}`)));
  await region.operator.write("apps.yaml", regionAppText(target));
  await region.operator.done("apply", "-f", "apps.yaml");
  await region.looks("three replicas to serve", isServed, READY_MS);
  return await region.front("web");
}

function isServed(text: string): boolean {
  return standingOf(text)?.startsWith("3 of 3,") === true;
}

/** Applies a change, and waits until it is everywhere. @returns how long that took, milliseconds. */
async function changed(region: Region, target: number, change: number): Promise<number> {
  const revisionOf = (text: string): number => Number(/, (\d+) /.exec(standingOf(text) ?? "")?.[1]);
  const former = revisionOf(await region.looks("the store to answer", isServed, READY_MS));
  const began = performance.now();
  await region.operator.write("apps.yaml", regionAppText(target, { change }));
  // Without a leader the store takes nothing: who applies tries again.
  await eventually("it to be applied", async () => {
    const { code, stderr } = await region.operator.run("apply", "-f", "apps.yaml");
    return code === 0 || stderr;
  }, READY_MS);
  await eventually("it to be everywhere", async () => {
    const { stdout, stderr } = await region.operator.run("status");
    return isServed(stdout) && revisionOf(stdout) > former && / done$/.test(standingOf(stdout) ?? "") ||
      stdout + stderr;
  }, READY_MS);
  return performance.now() - began;
}

testIf(
  IS_FULL ? null : "it takes minutes",
  `region: without any server for ${
    OUTAGE_MS / 1_000
  } s, while each node is started anew, no connection fails`,
  async () => {
    await using servers = await NatsCluster.start();
    await using region = await Region.on(servers);
    await using target = echoTarget();
    const port = await started(region, target.port);
    const churn = new Churn(port, 6);
    const runs = new Map(NODES.map((name) => [name, region.program(name)]));
    await servers.stop();
    const began = performance.now();
    let restarts = 0;
    while (performance.now() - began < OUTAGE_MS || restarts < NODES.length) {
      const name = NODES[restarts++ % NODES.length]!;
      runs.get(name)!.kill("SIGTERM");
      assert.equal((await runs.get(name)!.result(READY_MS)).code, 0);
      // It carries what it had before it is asked for the next one.
      const again = await region.node(name, "", false);
      await again.line(/"event":"region_unreachable"/, READY_MS);
      runs.set(name, again);
    }
    const outage = performance.now() - began;
    await servers.startAgain();
    await region.looks("three replicas to serve", isServed, READY_MS);
    await changed(region, target.port, 1);
    const { served, failures } = await churn.stop();
    say(
      `${
        (outage / 1_000).toFixed(0)
      } s without a server, ${restarts} starts of nodes, ${served} connections: ` +
        `${failures.length} failed`,
    );
    assert.deepEqual(failures, []);
  },
);

testIf(
  IS_FULL ? null : "it takes minutes",
  "region: when the server that leads the store is killed, changes go on after a moment, and no connection fails",
  async () => {
    await using servers = await NatsCluster.start();
    await using region = await Region.on(servers);
    await using target = echoTarget();
    const port = await started(region, target.port);
    const churn = new Churn(port, 6);
    let failures: readonly string[] = [];
    try {
      const usual = await changed(region, target.port, 1);
      const leader = await servers.leaderOf("KV_main_assignments");
      await leader.stop("SIGKILL");
      const after = await changed(region, target.port, 2);
      say(
        `a change took ${(usual / 1_000).toFixed(1)} s, and ${
          (after / 1_000).toFixed(1)
        } s right after the ` +
          "server that led was killed",
      );
      await leader.startAgain();
      await servers.ready();
      await changed(region, target.port, 3);
    } finally {
      const result = await churn.stop();
      failures = result.failures;
      say(`${result.served} connections beside a server that was killed, ${failures.length} failed`);
    }
    assert.deepEqual(failures, []);
  },
);
