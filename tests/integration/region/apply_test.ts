import assert from "node:assert/strict";
import { NatsServer } from "../../kit/nats_server.ts";
import { testWith } from "../../kit/programs.ts";
import { Operator } from "../../kit/region_operator.ts";

const APPS = `
defaults: { connect_timeout: 3s }
apps:
  - name: web
    ports: [8080]
    targets: ["127.0.0.1:9000"]
    placement: { replicas: 5, spread_by: [zone] }
  - name: "an api.v1"
    ports: [8080]
    targets: ["127.0.0.1:9001"]
`;

testWith(["nats-server"], "region: apps are applied, changed, shown, rolled back and deleted", async () => {
  await using server = await NatsServer.start();
  await using operator = await Operator.at(`region: test\nservers: ["${server.url}"]\n`);
  await operator.write("apps.yaml", APPS);

  const dry = await operator.done("apply", "-f", "apps.yaml", "--dry-run");
  assert.match(dry, /2 added, 0 changed, 0 removed, 0 as they are/);
  assert.doesNotMatch(await operator.done("get"), /web/);

  const first = await operator.done("apply", "-f", "apps.yaml");
  assert.match(first, /^web: added, revision \d+$/m);
  assert.match(first, /^an api\.v1: added, revision \d+$/m);
  assert.match(
    await operator.done("apply", "-f", "apps.yaml"),
    /0 added, 0 changed, 0 removed, 2 as they are/,
  );
  const listed = await operator.done("get");
  assert.match(listed, /^an api\.v1\s+3\s+8080\s+1\s+\d+\s+\S+Z\s+ann$/m);
  assert.match(listed, /^web\s+5\s+8080\s+1/m);

  // What `get` gives is a file that changes nothing, and has what `defaults` had.
  const text = await operator.done("get", "web");
  assert.match(text, /connect_timeout: 3s/);
  await operator.write("web.yaml", text);
  assert.match(await operator.done("apply", "-f", "web.yaml"), /0 changed, 0 removed, 1 as they are/);

  await operator.write("web.yaml", text.replace("9000", "9002").replace("replicas: 5", "replicas: 4"));
  const changed = await operator.done("apply", "-f", "web.yaml", "--prune");
  assert.match(changed, /targets\.0: "127\.0\.0\.1:9000" → "127\.0\.0\.1:9002"/);
  assert.match(changed, /placement\.replicas: 5 → 4/);
  assert.match(changed, /0 added, 1 changed, 1 removed/);
  assert.equal((await operator.run("get", "an api.v1")).code, 1);

  const history = await operator.done("history", "web");
  const revisions = [...history.matchAll(/^(\d+) /gm)].map(([, revision]) => revision!);
  assert.equal(revisions.length, 2);
  assert.match(history, /targets\.0, placement\.replicas/);
  assert.match(await operator.done("rollback", "web", "--to", revisions[0]!), /as at revision/);
  assert.match(await operator.done("get", "web"), /9000/);

  assert.match(await operator.done("delete", "web"), /web: deleted/);
  const again = await operator.run("delete", "web");
  assert.deepEqual([again.code, again.stderr.trim()], [1, 'delete: there is no app "web"']);
  // One that was deleted can be brought back, by a rollback and by a file.
  assert.match(await operator.done("rollback", "web", "--to", revisions[1]!), /as at revision/);
  await operator.done("delete", "web");
  assert.match(await operator.done("apply", "-f", "web.yaml"), /1 added/);
  assert.match(await operator.done("history", "web"), /deleted[\s\S]*added again/);
});

testWith(
  ["nats-server"],
  "region: a file that is wrong changes nothing, and each mistake is shown",
  async () => {
    await using server = await NatsServer.start();
    await using operator = await Operator.at(`region: test\nservers: ["${server.url}"]\n`);
    await operator.write(
      "apps.yaml",
      `admin: { listen: 9000 }
apps:
  - name: web
    ports: [80, 80]
    targets: ["127.0.0.1:9000"]
    placement: { replicas: many, max_zone: 1 }
    scale: { min: 5, max: 2, target: { connections: 5, cpu: 60% } }
  - name: api
    ports: [80]
    targets: ["127.0.0.1:9000"]
`,
    );
    const { code, stderr } = await operator.run("apply", "-f", "apps.yaml");
    assert.equal(code, 2);
    for (
      const wanted of [
        /1:1: error: `admin` has no place in a file of apps/,
        /4:17: error: 80 is already listened on by this app|4:17: error: .*:80 is already listened on by this app/,
        /6:28: error: .*replicas.*whole number/,
        /6:34: error: unknown key "max_zone"/,
        /expected one of connections, new_connections_per_second/,
        /min is larger than max/,
      ]
    ) assert.match(stderr, wanted);
    // Apps of a region may have one port, since they are on other nodes.
    assert.doesNotMatch(stderr, /listened on by app/);
    assert.doesNotMatch(await operator.done("get"), /web/);
    const missing = await operator.run("apply", "-f", "nothing.yaml");
    assert.deepEqual([missing.code, /nothing\.yaml does not exist/.test(missing.stderr)], [2, true]);
  },
);

testWith(["nats-server"], "region: what is wrong with the store is told", async () => {
  const users = `authorization { users = [
    { user: ann, password: secret }
    { user: eve, password: secret, permissions: { publish: ["$JS.API.INFO"] } }
  ] }`;
  await using guarded = await NatsServer.start({ config: users });
  await using plain = await NatsServer.start({ withoutJetStream: true });
  await using full = await NatsServer.start({ maxStore: 1 });
  const said = async (region: string, ...secrets: readonly string[]): Promise<string> => {
    await using operator = await Operator.at(`region: test\n${region}`);
    await operator.write("secret", secrets.join("\n"));
    const { code, stderr } = await operator.run("get");
    return `${code} ${stderr.trim()}`;
  };
  const guardedBy = `servers: ["${guarded.url}"]\ncredentials: secret`;
  assert.match(await said(guardedBy, "# of ann", "ann:secret"), /^0/);
  assert.match(
    await said(guardedBy, "ann:wrong"),
    /^1 get: Cannot reach .*: the servers do not accept these credentials/,
  );
  assert.match(
    await said(guardedBy, "eve:secret"),
    /^1 get: Cannot open the store of region "test": these credentials do not allow/,
  );
  assert.match(
    await said(guardedBy, "nothing of the kind"),
    /^1 get: .*secret holds no credentials: expected/,
  );
  assert.match(await said(`servers: ["${plain.url}"]`), /^1 get: .*the servers run without JetStream/);
  assert.match(await said(`servers: ["nats://127.0.0.1:1"]`), /^1 get: Cannot reach nats:\/\/127\.0\.0\.1:1/);
  assert.match(await said("servers: []"), /^2 .*a region needs at least one server/s);
  assert.match(await said("servers: [http://127.0.0.1]"), /^2 .*expected the address of a NATS server/s);
  assert.match(await said(`servers: ["${full.url}"]`), /^1 get: .*no room|^0/s);
});
