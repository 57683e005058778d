import assert from "node:assert/strict";
import { Churn } from "../../kit/churn.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { freePorts } from "../../kit/servers.ts";
import { say, testWith } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";

/** A node is missed after ten seconds; the rest is for a slow machine. */
const MISSED_MS = 60_000;

const CLIENTS = 4;

/** An app whose replicas take any port. */
function appText(target: number, replicas = 3, more = ""): string {
  return `apps:
  - name: web
    ports: ["127.0.0.1:0"]
    targets: ["127.0.0.1:${target}"]
    placement: { replicas: ${replicas} }
${more}`;
}

/** How many replicas of the app serve. */
function ready(text: string, app = "web"): string | undefined {
  return new RegExp(`^${app}\\s+(\\d+)\\s+(\\d+)`, "m").exec(text)?.slice(1).join(" ");
}

testWith(
  ["nats-server"],
  "region: an app is placed on nodes and serves; a node that dies is replaced, and so is the leader",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    const leader = await region.control(true);
    const nodes = new Map(
      await Promise.all(
        ["n1", "n2", "n3", "n4"].map(async (name, at) =>
          [name, await region.node(name, `z${at % 2}`)] as const
        ),
      ),
    );
    await region.operator.write("apps.yaml", appText(target.port));
    await region.operator.done("apply", "-f", "apps.yaml");
    await region.looks("three replicas to serve", (text) => ready(text) === "3 3");
    const ports = await region.ports("web");
    assert.equal(ports.size, 3);
    const frontPort = await region.front("web");
    const through = new Churn(frontPort, CLIENTS);
    const churns = [...ports].map(([node, port]) => ({ node, churn: new Churn(port, 2) }));

    // The leader dies, and the next one goes on.
    const second = await region.control(false);
    leader.kill("SIGKILL");
    await second.line(/"event":"region_leads"/, MISSED_MS);

    const [victim] = [...ports.keys()];
    const started = performance.now();
    nodes.get(victim!)!.kill("SIGKILL");
    await region.looks("the app to serve on three nodes again", (text) => {
      const gone = new RegExp(`^${victim}\\s.*gone`, "m").test(text) ||
        !new RegExp(`^${victim}\\s`, "m").test(text);
      return gone && ready(text) === "3 3";
    }, MISSED_MS);
    say(`placed anew ${((performance.now() - started) / 1_000).toFixed(1)} s after the node was killed`);
    assert.equal((await region.ports("web")).has(victim!), false);

    // Through the front nobody notices but who was served by the node that died.
    const { served: all, failures: lost } = await through.stop();
    say(`${all} connections through the front, of which the killed node took ${lost.length} with it`);
    assert.ok(lost.length <= CLIENTS, String(lost));
    assert.ok(lost.every((failure) => !/refused/i.test(failure)), String(lost));
    assert.ok(all > 100);
    // Who was not killed has served all the time.
    for (const { node, churn } of churns) {
      const { served, failures } = await churn.stop();
      if (node === victim) continue;
      assert.deepEqual(failures, [], node);
      assert.ok(served > 0, node);
    }
  },
);

testWith(
  ["nats-server"],
  "region: without its store nodes serve on, and start from what they have",
  async () => {
    await using target = echoTarget();
    const server = await NatsServer.start();
    await using region = await Region.on(server);
    await region.control(true);
    const first = await region.node("n1", "a");
    await region.operator.write("apps.yaml", appText(target.port, 1));
    await region.operator.done("apply", "-f", "apps.yaml");
    await region.looks("the app to serve", (text) => ready(text) === "1 1");
    const port = (await region.ports("web")).get("n1")!;
    const churn = new Churn(port, 2);
    await server[Symbol.asyncDispose]();
    await first.line(/"event":"region_link_lost"/);
    const { failures } = await churn.stop();
    assert.deepEqual(failures, []);
    first.kill("SIGTERM");
    await first.result();
    const again = await region.node("n1", "a", false);
    await again.line(/"event":"region_unreachable"/);
    const after = new Churn(port, 2);
    await eventually("connections to be served", () => after.served >= 10);
    assert.deepEqual((await after.stop()).failures, []);
  },
);

testWith(
  ["nats-server"],
  "region: how an app is on a node, how many find no node, and that it was deleted, is seen",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    await region.control(true);
    await region.node("n1", "a");
    await region.operator.write("apps.yaml", appText(target.port, 1));
    await region.operator.done("apply", "-f", "apps.yaml");
    await region.looks("the app to serve", (text) => ready(text) === "1 1");
    const port = (await region.ports("web")).get("n1")!;
    const [closed] = freePorts(1);
    const check = "    health_check: { type: tcp, interval: 100ms }\n";
    await region.operator.write("apps.yaml", appText(closed!, 1, check));
    await region.operator.done("apply", "-f", "apps.yaml");
    await region.looks("the app to be unready", (text) => ready(text) === "1 0" && /n1: it is /.test(text));
    await region.operator.write("apps.yaml", appText(target.port, 2));
    await region.operator.done("apply", "-f", "apps.yaml");
    // Two are wanted, and there is one node.
    await region.looks("one of two to serve", (text) => ready(text) === "2 1");
    await region.operator.done("delete", "web");
    await region.looks(
      "the app to be gone",
      (text) => ready(text) === undefined && /n1\s+a\s.*0 of 0/.test(text),
    );
    await eventually("its port to be closed", async () => {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return false;
      } catch (error) {
        return error instanceof Deno.errors.ConnectionRefused;
      }
    });
  },
);
