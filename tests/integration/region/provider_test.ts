import assert from "node:assert/strict";
import { dirname } from "node:path";
import { Churn } from "../../kit/churn.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { say, testWith } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";
import { freePortRange } from "../../kit/servers.ts";

const MOVED_MS = 120_000;
const PORTS = 60;

/** So many apps with two replicas each. */
function appsText(target: number, count: number): string {
  const names = ["web", ...Array.from({ length: count - 1 }, (_, index) => `more-${index + 1}`)];
  return `apps:\n${
    names.map((name) =>
      `  - name: ${name}
    ports: ["127.0.0.1:0"]
    targets: ["127.0.0.1:${target}"]
    placement: { replicas: 2 }
`
    ).join("")
  }`;
}

/** Ends nodes that are still there when a test fails. */
function madeNodes(folder: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      for await (const { name } of Deno.readDir(folder)) {
        const pid = Number(await Deno.readTextFile(`${folder}/${name}`));
        if (Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes(dirname(folder))) {
          Deno.kill(pid, "SIGKILL");
        }
      }
    },
  };
}

testWith(
  ["nats-server"],
  "region: apps that do not fit bring a node, and it is drained and goes when they are gone; no client notices",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    const ports = freePortRange(PORTS);
    await region.file(
      "made.yaml",
      JSON.stringify({
        warm_up: "off",
        workers: 1,
        admin: { listen: "127.0.0.1:0" },
        region: {
          servers: server.urls,
          name: "${FPROXY_NODE}",
          zone: "z2",
          address: "127.0.0.1",
          port_range: "${FPROXY_PORT_RANGE}",
          capacity: { apps: 3 },
        },
        apps: [],
      }),
    );
    const provider = await region.file(
      "provider.yaml",
      `{ type: process, config: made.yaml, directory: made, ports: ${ports}-${ports + PORTS - 1}, ` +
        "ports_per_node: 20, max_nodes: 3, out_at: 90%, cool_down: 2s, join_timeout: 60s }",
    );
    await using _made = madeNodes(`${dirname(provider)}/made`);
    const control = await region.control(true, ["--provider", provider]);
    for (const [at, name] of ["n1", "n2"].entries()) {
      await region.node(name, `z${at}`, true, { apps: [], capacity: { apps: 3 } });
    }
    const apply = async (count: number): Promise<void> => {
      await region.operator.write("apps.yaml", appsText(target.port, count));
      await region.operator.done("apply", "-f", "apps.yaml", "--prune");
    };
    await apply(2);
    await region.looks(
      "two apps to serve",
      (text) => /^web\s+2\s+2\s/m.test(text) && /^more-1\s+2\s+2\s/m.test(text),
    );
    const churn = new Churn(await region.front("web"), 4);

    await apply(4);
    const [, why] = await control.line(
      /"event":"region_node_asked".*"node":"auto-1","reason":"([^"]+)"/,
      MOVED_MS,
    );
    await region.looks(
      "four apps to serve with one node more",
      (text) =>
        /^auto-1\s+z2\s/m.test(text) &&
        [1, 2, 3].every((one) => new RegExp(`^more-${one}\\s+2\\s+2\\s`, "m").test(text)),
      MOVED_MS,
    );

    await apply(1);
    await control.line(/"event":"region_node_leaving".*"node":"auto-1"/, MOVED_MS);
    await control.line(/"event":"region_node_returned".*"node":"auto-1"/, MOVED_MS);
    await region.looks(
      "the node to be gone",
      (text) => !/^auto-1/m.test(text) && /^web\s+2\s+2\s/m.test(text),
      MOVED_MS,
    );
    const { served, failures } = await churn.stop();
    say(`a node came (${why}) and went beside ${served} connections: ${failures.length} failed`);
    assert.deepEqual(failures, []);
  },
);

testWith(
  [],
  "region: a provider's file that is wrong keeps control from starting, and says where",
  async () => {
    await using region = await Region.on({ urls: ["nats://127.0.0.1:1"] });
    const provider = await region.file("provider.yaml", "type: exec\ncommand: []\nmax_nodes: 3\n");
    const control = await region.control(false, ["--provider", provider]);
    const { code, stderr } = await control.result();
    assert.equal(code, 2);
    assert.match(stderr, /provider\.yaml:2:10: error: .*expected a program and its arguments/);
  },
);
