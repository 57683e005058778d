import assert from "node:assert/strict";
import { Churn } from "../../kit/churn.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { NetworkNamespace } from "../../kit/network_namespace.ts";
import { say, testIf, testWith } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";
import { regionAppText, standingOf } from "../../kit/region_apps.ts";

/** Two nodes each in zones a and b, one in c. */
const NODES = [["n1", "a"], ["n2", "b"], ["n3", "c"], ["n4", "a"], ["n5", "b"]] as const;
const CLIENTS = 6;
/** A node is missed after ten seconds; the rest is for a slow machine. */
const MISSED_MS = 60_000;

/** Waits until the app serves on nodes of other zones than this one alone. */
async function placedWithout(region: Region, zone: string): Promise<void> {
  const lost = NODES.filter(([, its]) => its === zone).map(([name]) => name);
  await eventually("the app to be placed anew", async () => {
    const text = await region.operator.done("status");
    const nodes = [...(await region.ports("web")).keys()];
    return standingOf(text)?.startsWith("3 of 3,") === true &&
        !nodes.some((name) => lost.some((one) => one === name)) || text;
  }, MISSED_MS);
}

testWith(
  ["nats-server"],
  "region: all nodes of a zone die at once: clients that were just being served are lost, and no other",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    await region.control(true);
    await Promise.all(NODES.map(([name, zone]) => region.node(name, zone)));
    await region.operator.write("apps.yaml", regionAppText(target.port));
    await region.operator.done("apply", "-f", "apps.yaml");
    await region.looks(
      "three replicas to serve",
      (text) => standingOf(text)?.startsWith("3 of 3,") === true,
      MISSED_MS,
    );
    assert.equal(new Set((await region.ports("web")).keys()).size, 3);
    const churn = new Churn(await region.front("web"), CLIENTS);
    for (const [name, zone] of NODES) if (zone === "a") region.program(name).kill("SIGKILL");
    const began = performance.now();
    await placedWithout(region, "a");
    const took = (performance.now() - began) / 1_000;
    const { served, failures } = await churn.stop();
    say(
      `a zone died: placed anew after ${
        took.toFixed(1)
      } s; ${served} connections, ${failures.length} were lost with it`,
    );
    assert.ok(failures.length <= CLIENTS, String(failures));
    assert.ok(failures.every((failure) => !/refused/i.test(failure)), String(failures));
  },
);

const OBSTACLE = await NetworkNamespace.obstacle();

testIf(OBSTACLE, "region: a zone that is cut off is placed anew elsewhere, and comes back", async () => {
  await using network = await NetworkNamespace.create();
  await using server = await NatsServer.start({ host: network.outside });
  await using region = await Region.on(server);
  await using target = echoTarget({ ip: network.outside });
  await region.control(true);
  await Promise.all(NODES.map(([name, zone]) =>
    region.node(name, zone, true, {
      apps: [],
      ...(zone === "a" ? { address: network.inside, wrapper: network.wrapper } : {}),
    })
  ));
  await region.operator.write("apps.yaml", regionAppText(`${network.outside}:${target.port}`));
  await region.operator.done("apply", "-f", "apps.yaml");
  await region.looks(
    "three replicas to serve",
    (text) => standingOf(text)?.startsWith("3 of 3,") === true,
    MISSED_MS,
  );
  const churn = new Churn(await region.front("web"), CLIENTS);
  await eventually("connections", () => churn.served > 100);
  await network.cut();
  const began = performance.now();
  await placedWithout(region, "a");
  const took = (performance.now() - began) / 1_000;
  // Nobody told the clients whose connections went there; the next ones go elsewhere, after an attempt.
  const { served, failures } = await churn.stop();
  say(
    `a zone was cut off: placed anew after ${
      took.toFixed(1)
    } s; ${served} connections, ${failures.length} failed`,
  );
  assert.ok(failures.length <= CLIENTS, String(failures));
  const after = new Churn(await region.front("web", "front-2"), 2);
  await network.mend();
  await region.looks(
    "the zone to be back, with nothing that it had before and nobody wants there",
    (text) => NODES.every(([name]) => new RegExp(`^${name}\\s.*\\sready\\s+(\\d+) of \\1$`, "m").test(text)),
    MISSED_MS,
  );
  assert.deepEqual((await after.stop()).failures, []);
});
