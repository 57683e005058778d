import assert from "node:assert/strict";
import { Churn } from "../../kit/churn.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { HttpTarget } from "../../kit/http_target.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { say, testWith } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";
import { freePorts } from "../../kit/servers.ts";

const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
/** Changes of an app, one after another; each goes through all legs. */
const ROLLOUTS = IS_FULL ? 20 : 3;
/** Legs wait for programs on a slow machine. */
const LEGS_MS = 60_000;

/** The app, in a form of its own for each number. */
function appText(target: number, change: number, more = ""): string {
  return `apps:
  - name: web
    ports: ["127.0.0.1:0"]
    targets: ["127.0.0.1:${target}"]
    idle_timeout: ${100 + change}s
    rollout: { bake: 500ms, ready_timeout: 20s }
${more}`;
}

/** Three nodes with the app, a control, and a front that clients come through. */
async function started(region: Region, target: number): Promise<{ front: number }> {
  await region.control(true);
  await Promise.all(["n1", "n2", "n3"].map((name, at) => region.node(name, `z${at}`)));
  await region.operator.write("apps.yaml", appText(target, 0));
  await region.operator.done("apply", "-f", "apps.yaml");
  await region.looks("three replicas to serve", (text) => /^web\s+3\s+3\s/m.test(text));
  const port = await region.front("web");
  return { front: port };
}

/** Waits until the last rollout of the app is in that leg. */
async function leg(region: Region, wanted: RegExp): Promise<string> {
  return await region.looks(
    `the rollout to be ${wanted}`,
    (text) => new RegExp(`^web\\s+\\d+\\s+\\d+\\s+\\d+\\s+(?:${wanted.source})(?:\\s|$)`, "m").test(text),
    LEGS_MS,
  );
}

testWith(
  ["nats-server"],
  "region: changes go through canary and batches to all, and no client notices",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    const { front } = await started(region, target.port);
    const churn = new Churn(front, 4);
    for (let change = 1; change <= ROLLOUTS; change++) {
      await region.operator.write("apps.yaml", appText(target.port, change));
      const applied = await region.operator.done("apply", "-f", "apps.yaml");
      const [, revision] = /revision (\d+)/.exec(applied) ?? [];
      await region.looks(
        "the rollout to be done",
        (text) => new RegExp(`^web\\s+3\\s+3\\s+${revision}\\s+done`, "m").test(text),
        LEGS_MS,
      );
    }
    const { served, failures } = await churn.stop();
    say(`${ROLLOUTS} rollouts beside ${served} connections`);
    assert.deepEqual(failures, []);
  },
);

testWith(
  ["nats-server"],
  "region: a revision that does not get ready is taken back by itself; pause, undo and resume",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    const { front } = await started(region, target.port);
    const [closed] = freePorts(1);
    const churn = new Churn(front, 2);
    // Nothing is behind it, and it says so before a client comes.
    const check = "    health_check: { type: tcp, interval: 100ms, initial_status: down }\n";
    await region.operator.write(
      "apps.yaml",
      appText(closed!, 1, check).replace("ready_timeout: 20s", "ready_timeout: 2s"),
    );
    await region.operator.done("apply", "-f", "apps.yaml");
    await leg(region, /rolled_back/);
    const { stdout } = await region.operator.run("rollout", "status", "web");
    assert.match(stdout, /rolled_back\s+\d+\s+\d+\s+\S+\s+n\d was not ready in time: it is /);
    await region.looks("all to serve again", (text) => /^web\s+3\s+3\s/m.test(text));
    assert.deepEqual((await churn.stop()).failures, []);

    // One that bakes long enough to be stopped.
    await region.operator.write("apps.yaml", appText(target.port, 2).replace("bake: 500ms", "bake: 1h"));
    await region.operator.done("apply", "-f", "apps.yaml");
    await leg(region, /baking/);
    assert.match(await region.operator.done("rollout", "pause", "web"), /baking, paused/);
    assert.match(await region.operator.done("rollout", "undo", "web"), /rolled_back/);
    await leg(region, /rolled_back/);
    assert.match((await region.operator.run("rollout", "status")).stdout, /undone by ann/);
    assert.match(await region.operator.done("rollout", "resume", "web"), /canary/);
    await leg(region, /baking/);
    const missing = await region.operator.run("rollout", "undo", "nothing");
    assert.deepEqual([missing.code, missing.stderr.trim()], [
      1,
      'rollout undo: there is no rollout of an app "nothing"',
    ]);
  },
);

testWith(["nats-server"], "region: a revision whose requests fail is taken back by itself", async () => {
  await using server = await NatsServer.start();
  await using region = await Region.on(server);
  const answering = (status: string): HttpTarget =>
    new HttpTarget(() => `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
  await using good = answering("200 OK");
  await using bad = answering("500 Broken");
  const text = (target: HttpTarget): string =>
    `apps:
  - name: web
    mode: http
    ports: ["127.0.0.1:0"]
    targets: ["127.0.0.1:${target.address.port}"]
    rollout: { bake: 1h }
`;
  await region.control(true);
  await Promise.all(["n1", "n2", "n3"].map((name, at) => region.node(name, `z${at}`)));
  await region.operator.write("apps.yaml", text(good));
  await region.operator.done("apply", "-f", "apps.yaml");
  await region.looks("three replicas to serve", (status) => /^web\s+3\s+3\s/m.test(status));
  const front = await region.front("web");
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const response = await fetch(`http://127.0.0.1:${front}/`);
      await response.body?.cancel();
    }
  })();
  await region.operator.write("apps.yaml", text(bad));
  await region.operator.done("apply", "-f", "apps.yaml");
  await leg(region, /rolled_back/);
  isOver = true;
  await asking;
  const { stdout } = await region.operator.run("rollout", "status", "web");
  assert.match(stdout, /[1-9]\d* of [1-9]\d* failed with the change, 0 of \d+ without/);
});

testWith(["nats-server"], "region: a node is drained for good, and no client notices", async () => {
  await using server = await NatsServer.start();
  await using region = await Region.on(server);
  await using target = echoTarget();
  const { front } = await started(region, target.port);
  await region.node("n4", "z0");
  const churn = new Churn(front, 4);
  assert.match(await region.operator.done("drain-node", "n1", "--wait"), /n1: carries nothing any more/);
  await region.looks(
    "three to serve elsewhere",
    (text) => /^web\s+3\s+3\s/m.test(text) && /^n1\s.*draining\s+0 of 0/m.test(text),
  );
  assert.match(await region.operator.done("uncordon", "n1"), /n1: takes apps again/);
  assert.match(await region.operator.done("cordon", "n4"), /n4: cordoned/);
  const { served, failures } = await churn.stop();
  say(`a node drained beside ${served} connections`);
  assert.deepEqual(failures, []);
  const missing = await region.operator.run("cordon", "n9");
  assert.deepEqual([missing.code, missing.stderr.trim()], [1, 'cordon: there is no node "n9"']);
});
