import assert from "node:assert/strict";
import { Churn } from "../../kit/churn.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { say, testWith } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";

/** A lease ends after ten seconds; the rest is for a slow machine. */
const LEADS_MS = 60_000;
/** Legs in which the leader is killed; that of the canary may be over before it is seen. */
const LEGS = ["baking", "batches"] as const;

function appText(target: number, change: number): string {
  return `apps:
  - name: web
    ports: ["127.0.0.1:0"]
    targets: ["127.0.0.1:${target}"]
    idle_timeout: ${100 + change}s
    rollout: { bake: 2s, ready_timeout: 60s }
`;
}

testWith(["nats-server"], "region: a leader that is frozen and woken changes nothing any more", async () => {
  await using server = await NatsServer.start();
  await using region = await Region.on(server);
  await using target = echoTarget();
  const first = await region.control(true);
  const second = await region.control(false);
  await Promise.all(["n1", "n2", "n3"].map((name, at) => region.node(name, `z${at}`)));
  await region.operator.write("apps.yaml", appText(target.port, 0));
  await region.operator.done("apply", "-f", "apps.yaml");
  await region.looks("three replicas to serve", (text) => /^web\s+3\s+3\s/m.test(text));
  first.kill("SIGSTOP");
  const frozen = performance.now();
  await second.line(/"event":"region_leads"/, LEADS_MS);
  say(
    `another control leads ${
      ((performance.now() - frozen) / 1_000).toFixed(1)
    } s after the leader was frozen`,
  );
  await region.operator.done("delete", "web");
  await region.looks(
    "the app to be gone",
    (text) => /^n1\s.*0 of 0/m.test(text) && /^n3\s.*0 of 0/m.test(text),
  );
  first.kill("SIGCONT");
  await first.line(/"event":"region_leads_no_more"/, LEADS_MS);
  // It has seen by now what the other one wrote, and leads again once that is gone.
  second.kill("SIGTERM");
  assert.equal((await second.result()).code, 0);
  await first.line(/"event":"region_leads"/, LEADS_MS, 1);
  await region.looks(
    "the app to be gone still",
    (text) => /^n1\s.*0 of 0/m.test(text) && /^n3\s.*0 of 0/m.test(text),
  );
});

testWith(
  ["nats-server"],
  "region: a rollout goes on under the next leader, whatever leg the last one died in",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    let leader = await region.control(true);
    await Promise.all(["n1", "n2", "n3"].map((name, at) => region.node(name, `z${at}`)));
    await region.operator.write("apps.yaml", appText(target.port, 0));
    await region.operator.done("apply", "-f", "apps.yaml");
    await region.looks("three replicas to serve", (text) => /^web\s+3\s+3\s/m.test(text));
    const port = await region.front("web");
    const churn = new Churn(port, 4);
    for (const [change, leg] of LEGS.entries()) {
      const next = await region.control(false);
      await region.operator.write("apps.yaml", appText(target.port, change + 1));
      const [, revision] = /revision (\d+)/.exec(await region.operator.done("apply", "-f", "apps.yaml")) ??
        [];
      await leader.line(
        new RegExp(`"event":"region_rollout".*"leg":"${leg}","from":\\d+,"to":${revision}\\b`),
        LEADS_MS,
      );
      leader.kill("SIGKILL");
      await next.line(/"event":"region_leads"/, LEADS_MS);
      await region.looks(
        `the rollout to be done after ${leg}`,
        (text) => new RegExp(`^web\\s+3\\s+3\\s+${revision}\\s+done`, "m").test(text),
        LEADS_MS,
      );
      leader = next;
    }
    const { served, failures } = await churn.stop();
    say(`leaders died in ${LEGS.join(" and ")} beside ${served} connections`);
    assert.deepEqual(failures, []);
  },
);
