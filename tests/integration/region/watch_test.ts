import assert from "node:assert/strict";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { testWith } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";
import { freePorts } from "../../kit/servers.ts";

interface OverridePart {
  readonly value: string;
  readonly by: string;
  readonly reason: string;
}

interface Override {
  readonly state: OverridePart | null;
  readonly weight: OverridePart | null;
}

interface RegionEvent {
  readonly ts: string;
  readonly event: string;
  readonly by: string;
  readonly app?: string;
  readonly node?: string;
}

async function events(region: Region, ...flags: readonly string[]): Promise<RegionEvent[]> {
  const text = await region.operator.done("events", "--json", ...flags);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as RegionEvent);
}

async function page(port: number | string, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

testWith(["nats-server"], "region: what happens is remembered, and told while it happens", async () => {
  await using server = await NatsServer.start();
  await using region = await Region.on(server);
  await using target = echoTarget();
  assert.deepEqual(await events(region), []);
  await region.control(true);
  const node = await region.node("n1", "z1");
  const app = (name: string): string =>
    `apps: [{ name: ${name}, ports: [0], targets: ["127.0.0.1:${target.port}"] }]`;
  await region.operator.write("apps.yaml", app("web"));
  await region.operator.done("apply", "-f", "apps.yaml");
  await region.looks("it to serve", (text) => /^web\s+3\s+1\s/m.test(text));
  await region.operator.done("cordon", "n1");
  const told = await events(region);
  const named = (event: string): RegionEvent | undefined => told.find((one) => one.event === event);
  assert.match(named("region_leads")?.by ?? "", /^control /);
  assert.equal(named("region_joined")?.by, "node n1");
  assert.deepEqual([named("region_applied")?.app, named("region_applied")?.by], ["web", "operator ann"]);
  assert.deepEqual([named("region_placed")?.app, named("region_placed")?.node], ["web", "n1"]);
  assert.equal(named("region_node_standing")?.node, "n1");
  const times = told.map(({ ts }) => ts);
  assert.deepEqual(times, times.toSorted());

  assert.ok((await events(region, "--app", "web")).every((one) => one.app === "web"));
  assert.ok((await events(region, "--node", "n1")).some(({ event }) => event === "region_joined"));
  assert.deepEqual(await events(region, "--app", "other"), []);
  assert.deepEqual((await events(region, "--since", "1h")).length, told.length);
  const people = await region.operator.done("events");
  assert.match(
    people,
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} info {2}an app of the region is another app=web/m,
  );

  const follower = region.operator.start("events", "--follow", "--json", "--app", "late");
  await region.operator.write("apps.yaml", app("late"));
  await region.operator.done("apply", "-f", "apps.yaml");
  await follower.line(/"event":"region_applied".*"app":"late"/);
  follower.kill("SIGTERM");
  assert.equal((await follower.result()).code, 0);
  await node[Symbol.asyncDispose]();
  await eventually(
    "the node to be told gone",
    async () => (await events(region, "--node", "n1")).some(({ event }) => event === "region_node_gone"),
  );
});

testWith(["nats-server"], "region: control and nodes tell how they are by metrics", async () => {
  const server = await NatsServer.start();
  await using region = await Region.on(server);
  await using target = echoTarget();
  const [port = 0] = freePorts(1);
  const control = await region.control(true, ["--listen", `127.0.0.1:${port}`]);
  assert.deepEqual(await page(port, "/livez"), { status: 200, text: "ok\n" });
  assert.equal((await page(port, "/readyz")).status, 200);
  assert.equal((await page(port, "/else")).status, 404);
  const node = await region.node("n1", "z1");
  await region.operator.write(
    "apps.yaml",
    `apps: [{ name: web, ports: [0], targets: ["127.0.0.1:${target.port}"], placement: { replicas: 3 } }]`,
  );
  await region.operator.done("apply", "-f", "apps.yaml");
  await region.looks("it to serve", (text) => /^web\s+3\s+1\s/m.test(text));
  await eventually("control to tell so", async () => {
    const { text } = await page(port, "/metrics");
    return [
      "fproxy_region_leading 1",
      'fproxy_region_nodes{standing="ready"} 1',
      "fproxy_region_applied_apps 1",
      'fproxy_region_replicas{state="ready"} 1',
      "fproxy_region_replicas_unplaced 2",
      'fproxy_region_rollouts{leg="done"} 1',
    ].every((line) => text.includes(`\n${line}\n`)) || text;
  });
  const [, admin = ""] = await node.line(/"event":"admin_listens".*"address":"127\.0\.0\.1:(\d+)"/);
  const metrics = (await page(admin, "/metrics")).text;
  assert.match(metrics, /\nfproxy_region_connected 1\n/);
  assert.match(metrics, /\nfproxy_region_apps\{state="ready"\} 1\n/);
  await server[Symbol.asyncDispose]();
  await eventually("the node to miss the store", async () => {
    const { text } = await page(admin, "/metrics");
    return /\nfproxy_region_connected 0\n/.test(text) &&
        /\nfproxy_region_disconnects_total [1-9]/.test(text) ||
      text;
  });
  control.kill("SIGTERM");
  assert.equal((await control.result()).code, 0);
});

testWith(
  ["nats-server"],
  "control: an address that is taken is told, and nothing is controlled",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    const control = await region.control(false, ["--listen", `127.0.0.1:${target.port}`]);
    const { code, stderr } = await control.result();
    assert.equal(code, 1);
    assert.match(stderr, /control: cannot listen on 127\.0\.0\.1:\d+: /);
  },
);

testWith(
  ["nats-server"],
  "region: what is said of a target counts on all nodes, and ends by itself",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using one = echoTarget();
    await using other = echoTarget();
    await region.control(true);
    const node = await region.node("n1", "z1");
    const [first, second] = [one, other].map(({ port }) => `127.0.0.1:${port}`);
    await region.operator.write(
      "apps.yaml",
      `apps: [{ name: web, ports: [0], targets: ["${first}", "${second}"], placement: { replicas: 1 } }]`,
    );
    const unknown = await region.operator.run("override", "web", first!, "--state", "drain");
    assert.deepEqual([unknown.code, unknown.stderr], [1, 'override: there is no app "web"\n']);
    await region.operator.done("apply", "-f", "apps.yaml");
    const wrong = await region.operator.run("override", "web", "10.0.0.9:1", "--state", "drain");
    assert.equal(wrong.stderr, `override: app "web" has no target 10.0.0.9:1; it has ${first}, ${second}\n`);
    const idle = await region.operator.run("override", "web", first!);
    assert.equal(idle.stderr, "override: nothing to do: give --state, --weight, or --reset\n");

    // Before any node carries it.
    const flags = ["--state", "drain", "--for", "1h", "--reason", "new disk"];
    assert.equal(
      await region.operator.done("override", "web", first!, ...flags),
      `web ${first}: drain for 1h\n`,
    );
    await region.looks("it to serve", (text) => /^web\s+1\s+1\s/m.test(text));
    const [, admin = ""] = await node.line(/"event":"admin_listens".*"address":"127\.0\.0\.1:(\d+)"/);
    const overrideOf = async (target: string): Promise<Override> => {
      const { text } = await page(admin, "/api/v1/apps/web/targets");
      const { targets } = JSON.parse(text) as { targets: { target: string; override: Override | null }[] };
      return targets.find((entry) => entry.target === target)?.override ?? { state: null, weight: null };
    };
    await eventually("the node to drain it", async () => {
      const { state } = await overrideOf(first!);
      return state?.value === "drain" && state.by === "region: ann" && state.reason === "new disk" ||
        JSON.stringify(state);
    });
    assert.deepEqual(await overrideOf(second!), { state: null, weight: null });
    assert.match(
      await region.operator.done("override"),
      new RegExp(`^web\\s+${first}\\s+drain\\s.*\\s1h\\s+ann\\s+new disk`, "m"),
    );

    await region.operator.done("override", "web", second!, "--weight", "50%", "--for", "2s");
    await eventually(
      "the node to take the weight",
      async () => (await overrideOf(second!)).weight?.value === "50%",
    );
    await eventually("it to end", async () => (await overrideOf(second!)).weight?.value === undefined);
    await region.operator.done("override", "web", first!, "--reset");
    await eventually(
      "the node to take it back",
      async () => (await overrideOf(first!)).state?.value === undefined,
    );
    assert.equal((await region.operator.run("override", "web", first!, "--reset")).code, 1);
  },
);
