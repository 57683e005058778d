import assert from "node:assert/strict";
import { makeAppDocument } from "../../../src/region/model/app_document.ts";
import { RegionStore } from "../../../src/region/store/region_store.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { say, testWith } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";

const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
const APPLIES = IS_FULL ? 50 : 10;
/** Nobody else works on the machine when all of it is run. */
const MOST_MS = IS_FULL ? 500 : 5_000;
const NODES = ["n1", "n2", "n3", "n4", "n5"];

testWith(["nats-server"], "region: what is applied is soon in force on five nodes", async () => {
  await using server = await NatsServer.start();
  await using region = await Region.on(server);
  await using target = echoTarget();
  await region.control(true);
  await Promise.all(NODES.map((name, at) => region.node(name, `z${at % 3}`)));
  const store = await RegionStore.open({ region: "main", servers: [server.url] });
  const inForce = new Map<string, number>();
  let told = Promise.withResolvers<void>();
  const stop = await store.states.watch(({ name, value }) => {
    if (value?.state === "ready") inForce.set(name, value.revision);
    told.resolve();
  });
  const times: number[] = [];
  let revision: number | null = null;
  try {
    for (let change = 0; change <= APPLIES; change++) {
      const app = {
        name: "web",
        ports: ["127.0.0.1:0"],
        targets: [`127.0.0.1:${target.port}`],
        idle_timeout: `${100 + change}s`,
      };
      const extras = {
        placement: { replicas: NODES.length },
        // No canary, and all at once.
        rollout: { canary: 0, bake: "0s", max_unavailable: NODES.length },
      };
      const began = performance.now();
      revision = await store.apps.write("web", makeAppDocument(app, extras, "ann"), revision);
      while (!NODES.every((node) => inForce.get(`${node}/web`) === revision)) {
        await told.promise;
        told = Promise.withResolvers();
      }
      // The first one opens the ports.
      if (change > 0) times.push(performance.now() - began);
      await eventually(
        "the rollout to be over",
        async () => (await store.rollouts.get("web"))?.value?.leg === "done",
      );
    }
  } finally {
    await stop();
    await store.close();
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1]!;
  const [p50, p99] = [at(0.5), at(0.99)];
  say(`${APPLIES} applies in force on five nodes: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`);
  assert.ok(p99 <= MOST_MS, times.map((ms) => ms.toFixed(0)).join(" "));
});
