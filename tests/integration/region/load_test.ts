import assert from "node:assert/strict";
import { Churn } from "../../kit/churn.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { say, testIf } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";
import { regionAppText, standingOf } from "../../kit/region_apps.ts";

const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
const ROLLOUTS = IS_FULL ? 20 : 2;
const CONNECTIONS = IS_FULL ? 100_000 : 2_000;
const LEGS_MS = 120_000;
const LOAD_MS = 600_000;

testIf(
  IS_FULL ? null : "it takes minutes",
  `region: ${ROLLOUTS} rollouts beside ${CONNECTIONS} connections through two fronts to five nodes, none fails`,
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    await region.control(true);
    await Promise.all(["n1", "n2", "n3", "n4", "n5"].map((name, at) => region.node(name, `z${at % 3}`)));
    const apply = async (change: number): Promise<void> => {
      await region.operator.write("apps.yaml", regionAppText(target.port, { replicas: 5, change }));
      const applied = await region.operator.done("apply", "-f", "apps.yaml");
      const [, revision] = /revision (\d+)/.exec(applied) ?? [];
      await region.looks(
        `change ${change} to be everywhere`,
        (text) => standingOf(text) === `5 of 5, ${revision} done`,
        LEGS_MS,
      );
    };
    await apply(0);
    const churns: Churn[] = [];
    for (const name of ["front-1", "front-2"]) churns.push(new Churn(await region.front("web", name), 6));
    const served = (): number => churns.reduce((sum, churn) => sum + churn.served, 0);
    for (let change = 1; change <= ROLLOUTS; change++) await apply(change);
    await eventually(`${CONNECTIONS} connections`, () => served() >= CONNECTIONS || served(), LOAD_MS);
    const results = await Promise.all(churns.map((churn) => churn.stop()));
    const failures = results.flatMap((result) => result.failures);
    say(`${ROLLOUTS} rollouts beside ${served()} connections through two fronts: ${failures.length} failed`);
    assert.deepEqual(failures, []);
  },
);
