import assert from "node:assert/strict";
import { Churn } from "../../kit/churn.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { Haproxy } from "../../kit/haproxy.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { say, testWith } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";

const PROGRAMS = ["nats-server", "haproxy"];
const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
const ROLLOUTS = IS_FULL ? 20 : 2;
/** Legs wait for programs on a slow machine. */
const LEGS_MS = 60_000;

function appText(target: number, change: number, name = "web"): string {
  return `apps:
  - name: ${name}
    ports: ["127.0.0.1:0"]
    targets: ["127.0.0.1:${target}"]
    idle_timeout: ${100 + change}s
    placement: { replicas: 3 }
    rollout: { bake: 500ms, ready_timeout: 50s }
`;
}

async function apply(region: Region, text: string): Promise<string> {
  await region.operator.write("apps.yaml", text);
  const [, revision = ""] = /revision (\d+)/.exec(await region.operator.done("apply", "-f", "apps.yaml")) ??
    [];
  return revision;
}

async function rolledOut(region: Region, app: string, revision: string): Promise<void> {
  await region.looks(
    `the rollout of ${app} to be done`,
    (text) => new RegExp(`^${app}\\s+3\\s+3\\s+${revision}\\s+done`, "m").test(text),
    LEGS_MS,
  );
}

/** Names that the driver gives servers, with weight and state. */
function serverNames(ports: ReadonlyMap<string, number>): string[] {
  return [...ports].map(([node, port]) => `fproxy-${node}-127.0.0.1:${port} 1 0`).sort();
}

testWith(
  PROGRAMS,
  "region: HAProxy follows rollouts and a drained node, and no connection fails",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    await using haproxy = await Haproxy.start(["balance roundrobin", "server static 127.0.0.1:1 backup"]);
    await region.control(true);
    await Promise.all(["n1", "n2", "n3"].map((name, at) => region.node(name, `z${at}`)));
    await apply(region, appText(target.port, 0));
    await region.looks("three replicas to serve", (text) => /^web\s+3\s+3\s/m.test(text));
    await region.fronts("edge", [{ type: "haproxy", socket: haproxy.socket, backends: { web: "be_web" } }]);
    const follows = async (): Promise<void> => {
      await eventually("HAProxy to have the replicas and no others", async () => {
        const [servers, wanted] = [await haproxy.servers(), serverNames(await region.ports("web"))];
        return JSON.stringify(servers) === JSON.stringify([...wanted, "static 1 0"]) || servers.join();
      }, LEGS_MS);
    };
    await follows();
    const churn = new Churn(haproxy.port, 4);
    for (let change = 1; change <= ROLLOUTS; change++) {
      await rolledOut(region, "web", await apply(region, appText(target.port, change)));
    }
    await region.node("n4", "z0");
    await region.operator.done("drain-node", "n1", "--wait");
    await follows();
    assert.equal((await region.ports("web")).has("n1"), false);
    const { served, failures } = await churn.stop();
    say(`${ROLLOUTS} rollouts and a drained node behind HAProxy, beside ${served} connections`);
    assert.deepEqual(failures, []);
    assert.ok(served > 100);

    // One that was started anew knows nothing of them.
    await haproxy.stop();
    await haproxy.goOn();
    await follows();
    const after = new Churn(haproxy.port, 2);
    await eventually("connections to be served", () => after.served >= 10);
    await after.stop();
  },
);

testWith(PROGRAMS, "region: nothing is withdrawn while HAProxy cannot be told", async () => {
  await using server = await NatsServer.start();
  await using region = await Region.on(server);
  await using target = echoTarget();
  await using haproxy = await Haproxy.start();
  await region.control(true);
  await Promise.all(["n1", "n2", "n3"].map((name, at) => region.node(name, `z${at}`)));
  const first = await apply(region, appText(target.port, 0));
  await region.looks("three replicas to serve", (text) => /^web\s+3\s+3\s/m.test(text));
  const front = await region.fronts("edge", [
    { type: "haproxy", socket: haproxy.socket, backends: { web: "be_web" }, weight: "capacity" },
  ]);
  await front.line(/"event":"front_applied".*"uses":\{"web":\["n1","n2","n3"\]\}/);
  assert.match(
    (await haproxy.servers()).join(),
    /^fproxy-n1\S* 256 0,fproxy-n2\S* 256 0,fproxy-n3\S* 256 0$/,
  );
  await haproxy.stop();
  await front.line(/"event":"front_failed".*api\.sock: (?:nobody listens there|there is no such socket)/);
  const second = await apply(region, appText(target.port, 1));
  assert.notEqual(second, first);
  // Another app gets a change through meanwhile, and then another: it is not that nothing happens.
  for (const change of [0, 1]) {
    const revision = await apply(region, appText(target.port, change, "other"));
    await rolledOut(region, "other", revision);
  }
  const status = await region.operator.done("status");
  assert.match(status, new RegExp(`^web\\s+3\\s+[23]\\s+${second}\\s+canary`, "m"));
  assert.match(status, /^edge\/haproxy\s+web: n1 n2 n3$/m);
  await haproxy.goOn();
  await front.line(/"event":"front_recovered"/);
  await rolledOut(region, "web", second);
  assert.equal((await haproxy.servers()).length, 3);

  // Who has a session keeps it, and the server goes with the last one.
  const clients = await Promise.all(Array.from({ length: 3 }, () => Client.to(haproxy.port)));
  try {
    for (const client of clients) assert.equal(await client.ask("before"), "before");
    await region.operator.done("drain-node", "n1");
    await eventually("n1 to be drained", async () => {
      const servers = await haproxy.servers();
      return servers.some((one) => /^fproxy-n1\S* 256 8$/.test(one)) || servers.join();
    }, LEGS_MS);
    for (const client of clients) assert.equal(await client.ask("after"), "after");
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
  await eventually("n1 to be gone", async () => {
    const servers = await haproxy.servers();
    return servers.length === 2 && !servers.join().includes("fproxy-n1") || servers.join();
  });

  // Without its front HAProxy goes on as it is.
  front.kill("SIGTERM");
  const { code, stderr } = await front.result();
  assert.deepEqual([code, /unexpected/.test(stderr)], [0, false]);
  const churn = new Churn(haproxy.port, 2);
  await eventually("connections to be served", () => churn.served >= 10);
  assert.deepEqual((await churn.stop()).failures, []);
});

testWith(PROGRAMS, "region: what is wrong with HAProxy is told", async () => {
  await using server = await NatsServer.start();
  await using region = await Region.on(server);
  await using target = echoTarget();
  await using plain = await Haproxy.start();
  await using fixed = await Haproxy.start(["balance static-rr"]);
  await using weak = await Haproxy.start(["balance roundrobin"], "operator");
  await region.control(true);
  await region.node("n1", "a");
  await apply(region, appText(target.port, 0));
  await region.looks("a replica to serve", (text) => /^web\s+3\s+1\s/m.test(text));
  const fronts = [
    { name: "fixed", socket: fixed.socket, backends: { web: "be_web" } },
    { name: "weak", socket: weak.socket, backends: { web: "be_web" } },
    { name: "missing", socket: plain.socket, backends: { web: "be_wbe" } },
    { name: "options", socket: plain.socket, backends: { web: "be_web" }, server_options: "chekc" },
    { name: "nowhere", socket: "./none.sock", backends: { web: "be_web" } },
  ];
  const program = await region.fronts("edge", fronts.map((front) => ({ type: "haproxy", ...front })));
  const said = async (front: string, why: RegExp): Promise<void> => {
    const [line] = await program.line(new RegExp(`.*"front_failed".*"front":"edge/${front}".*`));
    assert.match(line, why);
  };
  await said("fixed", /its `balance` takes no servers while it runs: use roundrobin/);
  await said("weak", /does not allow .*needs `level admin`/);
  await said("missing", /HAProxy has no backend \\"be_wbe\\"/);
  await said("options", /does not take \\"add server be_web\/fproxy-n1.* chekc\\": .*chekc/);
  await said("nowhere", /none\.sock: there is no such socket/);
});
