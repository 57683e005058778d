import assert from "node:assert/strict";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { testWith } from "../../kit/programs.ts";
import { launchProgram } from "../../kit/program_under_test.ts";
import { Region } from "../../kit/region.ts";

/** What goes waits for programs on a slow machine. */
const GOES_MS = 60_000;

/** Nodes and ports of the replicas, as the command saw them in the file. */
async function seen(region: Region): Promise<string> {
  const { apps } = JSON.parse(await Deno.readTextFile(`${region.folder}/seen.json`));
  return apps[0].replicas.map((one: { node: string; port: number }) => `${one.node}:${one.port}`).join();
}

testWith(
  ["nats-server"],
  "region: a file and a command follow; what goes waits for the command, and a front for none but itself",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    await region.control(true);
    await Promise.all(["n1", "n2", "n3"].map((name, at) => region.node(name, `z${at}`)));
    await region.operator.write(
      "apps.yaml",
      `apps: [{ name: web, ports: ["127.0.0.1:0"], targets: ["127.0.0.1:${target.port}"], placement: { replicas: 2 } }]`,
    );
    await region.operator.done("apply", "-f", "apps.yaml");
    await region.looks("two replicas to serve", (text) => /^web\s+2\s+2\s/m.test(text));
    const fronts = [
      {
        type: "file",
        apps: ["web"],
        path: "out.json",
        command: ["sh", "-c", "test ! -e broken && cp out.json seen.json"],
      },
      { type: "haproxy", socket: "./none.sock", backends: { nothing: "be_web" } },
    ];
    const program = await region.fronts("edge", fronts);
    await program.line(/"front_failed".*"edge\/haproxy"/);
    const follows = async (): Promise<void> =>
      await eventually("the command to have seen all", async () => {
        const wanted = [...await region.ports("web")].map(([node, port]) => `${node}:${port}`).sort().join();
        return await seen(region) === wanted || wanted;
      }, GOES_MS);
    await follows();

    await Deno.writeTextFile(`${region.folder}/broken`, "");
    const [victim = ""] = [...(await region.ports("web")).keys()];
    await region.operator.done("drain-node", victim);
    await program.line(/"front_failed".*"edge\/file".*\\"sh\\" ended with code 1/, GOES_MS);
    // It is there still, since nobody knows whether it is used.
    assert.equal((await region.ports("web")).has(victim), true);
    await Deno.remove(`${region.folder}/broken`);
    await program.line(/"front_recovered".*"edge\/file"/, GOES_MS);
    await region.looks(
      "the node to be empty",
      (text) => new RegExp(`^${victim}\\s.*0 of 0`, "m").test(text),
      GOES_MS,
    );
    await follows();
    program.kill("SIGTERM");
    assert.equal((await program.result()).code, 0);
  },
);

testWith(
  ["nats-server"],
  "front: a file that is wrong is shown with each mistake, and nothing is done",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "fproxy_front_" });
    const said = async (text: string): Promise<string> => {
      await Deno.writeTextFile(`${folder}/front.yaml`, text);
      await using program = launchProgram(["front", "--config", `${folder}/front.yaml`], {
        env: { NO_COLOR: "1" },
      });
      const { code, stderr } = await program.result();
      return `${code} ${stderr}`;
    };
    try {
      const all = await said(`region: { servers: ["nats://127.0.0.1:1"] }
name: edge
fronts:
  - type: haproxy
    socket: 127.0.0.1:9999
    backends: { web: be_web, api: be_web }
    server_options: "check weight 5"
    balance: roundrobin
  - { type: dns, server: 127.0.0.1, zone: a.test, names: { "the web": web.b.test }, srv: true }
  - { type: nginx }
  - { type: haproxy, name: other, socket: haproxy.sock, backends: { web: be_web } }
  - { type: file, apps: [web], path: out }
  - { type: file, apps: [api], path: other }
`);
      for (
        const wanted of [
          /^2 /,
          /6:15: error: .*two apps cannot share a backend/,
          /7:21: error: .*must have none of agent-check, .*weight/,
          /8:5: error: unknown key "balance"/,
          /9:\d+: error: .*"web\.b\.test" is not in zone "a\.test"/,
          /9:\d+: error: .*"the web" cannot be the name of a service/,
          /11:43: error: .*expected the path of a `stats socket`, with a slash in it/,
          /10:13: error: .*expected haproxy, dns or file, found "nginx"/,
        ]
      ) assert.match(all, wanted);
      const twice = await said(`region: { servers: ["nats://127.0.0.1:1"] }
name: edge
fronts:
  - { type: file, apps: [web], path: out }
  - { type: file, apps: [api], path: other }
`);
      assert.match(twice, /^2 .*5:5: error: .*another front is called "file"/s);
      const keyless = await said(`region: { servers: ["nats://127.0.0.1:1"] }
name: edge
fronts: [{ type: dns, server: 127.0.0.1, zone: a.test, names: { web: web.a.test }, key_file: none.key }]
`);
      assert.match(keyless, /^2 front: Cannot use the key in .*none\.key: /);
      assert.match(await said("name: edge"), /^2 .*missing key "region"/s);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
