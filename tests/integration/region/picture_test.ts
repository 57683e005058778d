import assert from "node:assert/strict";
import { regionPicture as schema } from "../../../src/control/admin/api/schemas/region.ts";
import type { RegionPicture } from "../../../src/model/region_picture.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { EventStream } from "../../kit/event_stream.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { PROGRAM } from "../../kit/program_under_test.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { adminOf, Region } from "../../kit/region.ts";

/** A node is missed after ten seconds; the rest is for a slow machine. */
const MISSED_MS = 60_000;

function appText(target: number): string {
  return `apps:
  - name: web
    ports: ["127.0.0.1:0"]
    targets: ["127.0.0.1:${target}"]
    placement: { replicas: 2 }
`;
}

async function picture(admin: string): Promise<RegionPicture> {
  const response = await fetch(`${admin}/api/v1/region`);
  assert.equal(response.status, 200, await response.clone().text());
  return schema.parse(await response.json());
}

testWith(
  ["nats-server"],
  "region picture: a node's admin API tells of all of it, as it changes",
  async () => {
    const server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    await region.control(true);
    const first = await region.node("n1", "a");
    const second = await region.node("n2", "b");
    const admin = await adminOf(first);
    await region.operator.write("apps.yaml", appText(target.port));
    await region.operator.done("apply", "-f", "apps.yaml");
    await eventually("both replicas to serve", async () => {
      const [web] = (await picture(admin)).apps;
      return web?.ready === 2 && web.condition === "well" || JSON.stringify(web);
    });
    const { region: name, leader, nodes, apps: [web], fronts } = await picture(admin);
    assert.equal(name, "main");
    assert.match(leader ?? "", /^control-|-[0-9a-f]{8}$/);
    assert.deepEqual(
      nodes.map(({ name, zone, standing, carried, ready }) => [name, zone, standing, carried, ready]),
      [["n1", "a", "ready", 1, 1], ["n2", "b", "ready", 1, 1]],
    );
    assert.deepEqual(
      web!.replicas.map(({ node, state, serving }) => [node, state, serving]),
      [["n1", "ready", true], ["n2", "ready", true]],
    );
    assert.deepEqual([web!.wanted, web!.trouble, fronts], [2, [], []]);
    // A front is seen, with what it uses.
    await region.front("web");
    await eventually("the front", async () => {
      const [front] = (await picture(admin)).fronts;
      return front?.name === "front" && front.uses["web"]?.join() === "n1,n2" || JSON.stringify(front);
    });
    await using stream = new EventStream(await fetch(`${admin}/api/v1/region/stream`));
    second.kill("SIGKILL");
    await eventually("the node to be gone", async () => {
      const { event, data } = await stream.next();
      assert.equal(event, "region");
      const seen = schema.parse(data);
      return seen.nodes.find(({ name }) => name === "n2")?.standing === "gone" || JSON.stringify(seen.nodes);
    }, MISSED_MS);
    // The store is gone: who asks is told so, and that apps are served as before.
    await server[Symbol.asyncDispose]();
    await eventually(
      "the trouble to be told",
      async () => (await stream.next()).event === "unreachable",
      MISSED_MS,
    );
    const response = await fetch(`${admin}/api/v1/region`);
    const { code, detail } = await response.json();
    assert.deepEqual([response.status, code], [503, "region_unreachable"]);
    assert.match(detail, /; what is known is \d+s old$/);
  },
);

Deno.test("region picture: a proxy without a region has none, and its status says so", async () => {
  await using proxy = await Proxy.start({
    apps: [{ name: "web", ports: [ANY_PORT], targets: ["127.0.0.1:9"] }],
  });
  const response = await proxy.ask("/api/v1/region");
  assert.deepEqual([response.status, (await response.json()).code], [404, "no_region"]);
  assert.equal((await (await proxy.ask("/api/v1/status")).json()).region, null);
});

testWith(
  ["nats-server", "script", "stty", "sh"],
  "region top: live in a terminal, one picture in a pipe",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    await region.control(true);
    await region.node("n1", "a");
    await region.operator.write("apps.yaml", appText(target.port));
    const piped = await region.operator.done("top");
    assert.match(piped, /^leader: .+\n\nNODE.*\nn1 +a +127\.0\.0\.1 +ready +0 of 0\n/);
    const command = [...PROGRAM, "region", "top"].map((word) => `'${word}'`).join(" ");
    await using top = new LaunchedProgram({
      command: "script",
      args: ["-qec", `stty cols 100 rows 30; ${command}; echo "code $?"`, "/dev/null"],
      env: {
        TERM: "xterm",
        SHELL: "/bin/sh",
        NO_COLOR: "1",
        FPROXY_REGION: region.accessPath,
      },
      isTypedTo: true,
    });
    const shows = async (wanted: RegExp): Promise<void> =>
      await eventually(String(wanted), () => wanted.test(top.stdout) || top.stdout.slice(-2_000));
    await shows(/region main {2}leader .*[^]*no apps/);
    await region.operator.done("apply", "-f", "apps.yaml");
    await shows(/web +degraded +1\/2.*1 of 2 replicas has no node/);
    await top.type("\t");
    await shows(/n1 +a +ready +1\/1/);
    await top.type("q");
    await top.result();
    assert.match(top.stdout, /code 0\r?\n/);
  },
);

testWith(["nats-server"], "region top: without a store it says so, and ends", async () => {
  const server = await NatsServer.start();
  await using region = await Region.on(server);
  await server[Symbol.asyncDispose]();
  const { code, stderr } = await region.operator.run("top");
  assert.equal(code, 1);
  assert.match(stderr, /^top: Cannot reach nats:/);
});
