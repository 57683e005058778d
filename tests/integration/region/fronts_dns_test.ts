import assert from "node:assert/strict";
import { Bind, CLOSED_ZONE, keyText, ZONE } from "../../kit/bind.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { testWith } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";

const PROGRAMS = ["nats-server", "named"];
/** What goes waits for the time to live, and for programs on a slow machine. */
const GOES_MS = 60_000;
const NAME = `web.${ZONE}`;

/** Three nodes at addresses of their own, and an app on two of them. */
async function started(region: Region, target: number): Promise<void> {
  await region.control(true);
  await Promise.all(
    [1, 2, 3].map((at) => region.node(`n${at}`, `z${at}`, true, { apps: [], address: `127.0.1.${at}` })),
  );
  await region.operator.write(
    "apps.yaml",
    `apps: [{ name: web, ports: [0], targets: ["127.0.0.1:${target}"], placement: { replicas: 2 } }]`,
  );
  await region.operator.done("apply", "-f", "apps.yaml");
  await region.looks("two replicas to serve", (text) => /^web\s+2\s+2\s/m.test(text));
}

/** Waits until a name has the addresses of the replicas, and its service their ports. */
async function follows(bind: Bind, region: Region): Promise<void> {
  await eventually("the zone to have the replicas and no others", async () => {
    const ports = [...await region.ports("web")].sort();
    const wanted = {
      addresses: ports.map(([node]) => `127.0.1.${node.slice(1)}`),
      services: ports.map(([node, port]) => `1 ${port} ${node}.${NAME}.`).sort(),
    };
    const there = {
      addresses: await bind.addresses(NAME),
      services: await bind.services(`_web._tcp.${NAME}`),
    };
    return JSON.stringify(there) === JSON.stringify(wanted) ||
      `${JSON.stringify(there)} and not ${JSON.stringify(wanted)}`;
  }, GOES_MS);
}

testWith(PROGRAMS, "region: names of a DNS server follow; what goes waits for the time to live", async () => {
  await using server = await NatsServer.start();
  await using region = await Region.on(server);
  await using target = echoTarget();
  await using bind = await Bind.start();
  await Deno.writeTextFile(`${region.folder}/fproxy.key`, bind.key);
  await started(region, target.port);
  const dns = { type: "dns", server: bind.address, zone: ZONE, key_file: "fproxy.key", ttl: "3s", srv: true };
  const front = await region.fronts("edge", [{ ...dns, names: { web: NAME } }]);
  await follows(bind, region);
  const [victim = ""] = [...(await region.ports("web")).keys()];
  assert.deepEqual(await bind.addresses(`${victim}.${NAME}`), [`127.0.1.${victim.slice(1)}`]);

  await region.operator.done("drain-node", victim);
  await eventually("the zone not to have the node any more", async () => {
    const [addresses, ports] = [await bind.addresses(NAME), await region.ports("web")];
    if (addresses.includes(`127.0.1.${victim.slice(1)}`)) return addresses.join();
    // Resolvers may know it still.
    assert.equal(ports.has(victim), true);
    return true;
  }, GOES_MS);
  await region.looks(
    "the node to be empty",
    (text) => new RegExp(`^${victim}\\s.*0 of 0`, "m").test(text),
    GOES_MS,
  );
  await follows(bind, region);

  // A name without addresses would be taken for one that does not exist; and nobody waits for that.
  await region.operator.done("delete", "web");
  await region.looks("the app to be gone", (text) => !/[1-9] of \d/.test(text), GOES_MS);
  await front.line(/"front_applied".*"uses":\{"web":\[\]\}/, GOES_MS);
  assert.equal((await bind.addresses(NAME)).length, 1);
  front.kill("SIGTERM");
  await front.result();
  await region.fronts("edge", [{ ...dns, names: { web: NAME }, on_empty: "remove" }]);
  await eventually(
    "the name to have nothing",
    async () => [...await bind.addresses(NAME), ...await bind.services(`_web._tcp.${NAME}`)].join() || true,
  );
});

testWith(PROGRAMS, "region: what is wrong with a DNS server is told", async () => {
  await using server = await NatsServer.start();
  await using region = await Region.on(server);
  await using target = echoTarget();
  await using bind = await Bind.start();
  await started(region, target.port);
  const other = new Uint8Array(32).toBase64();
  const keys = {
    right: bind.key,
    secret: keyText("fproxy", other),
    unknown: keyText("nobody", other),
  };
  for (const [name, text] of Object.entries(keys)) {
    await Deno.writeTextFile(`${region.folder}/${name}.key`, text);
  }
  const names = { web: NAME };
  const fronts = [
    { name: "secret", zone: ZONE, names, key_file: "secret.key" },
    { name: "unknown", zone: ZONE, names, key_file: "unknown.key" },
    { name: "unsigned", zone: ZONE, names },
    { name: "closed", zone: CLOSED_ZONE, names: { web: `web.${CLOSED_ZONE}` }, key_file: "right.key" },
    { name: "foreign", zone: "foreign.test", names: { web: "web.foreign.test" }, key_file: "right.key" },
    { name: "alias", zone: ZONE, names: { web: `alias.${ZONE}` }, key_file: "right.key" },
    { name: "silent", server: "127.0.0.1:1", zone: ZONE, names, key_file: "right.key" },
  ];
  const program = await region.fronts(
    "edge",
    fronts.map((front) => ({ type: "dns", server: bind.address, ...front })),
  );
  const said = async (front: string, why: RegExp): Promise<void> => {
    const [line] = await program.line(new RegExp(`.*"front_failed".*"front":"edge/${front}".*`));
    assert.match(line, why);
  };
  await said("secret", /its secret of key \\"fproxy\\" is another \(NOTAUTH, BADSIG\)/);
  await said("unknown", /it does not know key \\"nobody\\".*BADKEY/);
  await said("unsigned", /it does not allow updates without a key \(REFUSED\)/);
  await said("closed", /it does not allow key \\"fproxy\\" to do that \(REFUSED\)/);
  await said("foreign", /it is not the primary server of zone foreign\.test \(NOTAUTH\)/);
  await said("alias", /one of the names is an alias there \(YXRRSET\)/);
  await said("silent", /127\.0\.0\.1:1: nobody listens there/);
  assert.deepEqual(await bind.addresses(NAME), []);
});
